"""Views of the portal: who belongs to the programme, who signs in, which programs do."""
