"""An independent checker of plans: derives every rule of the trade anew from the published masters and the contracts.

It shares no code with matching, so that a mistake there is seen here; slow and plain where that is clearer.
"""
