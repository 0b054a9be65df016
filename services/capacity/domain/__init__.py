"""The rules of capacity: masters of plants and lines, matching, slots, offers, production. Pure."""
