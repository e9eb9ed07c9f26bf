"""What authorises the events of an account."""
