"""The only door to Asterisk: installing it, rendering its configuration, the AMI link, and reading what it says."""
