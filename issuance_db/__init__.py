"""What the front knows and remembers: schemas, migrations, issuance records, requests and history."""
