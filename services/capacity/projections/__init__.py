"""What capacity is asked, a file per question: the planning board in memory, and views of work, offers and lots."""
