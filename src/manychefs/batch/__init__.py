"""Many submissions: find them, grade them side by side, keep what was graded."""
