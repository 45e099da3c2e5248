"""What keeps a lake healthy and handed on: removal, migration, the doctor, releases and what differs between them."""
