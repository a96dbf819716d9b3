"""What every floor may use of the machine and its disk."""
