"""What runs inside an explored program. Standard library only; nothing here holds a secret or a mark."""
