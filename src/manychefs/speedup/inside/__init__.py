"""What runs in a host when speedup is measured: the kit's own job."""
