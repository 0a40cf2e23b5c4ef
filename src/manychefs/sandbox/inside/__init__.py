"""What runs on the untrusted side. Standard library only; nothing here holds a secret or a mark."""
