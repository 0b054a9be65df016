"""HTTP: every route declares its permission, every list its bounds; rules are asked, never repeated here."""
