"""Files sent by SFTP."""
