"""Files that other systems send by SFTP into the watched inbox; docs/feeds.md shows how it looks to them.

Keys and senders are read without the library: whoever only looks at them is spared half a second.
"""
