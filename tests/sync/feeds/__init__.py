"""Files of other systems: read by layout tables, set aside, limited, watched for."""
