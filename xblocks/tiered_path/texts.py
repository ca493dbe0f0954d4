"""Every sentence of the block, in English; translations/<locale>/LC_MESSAGES/text.po holds the others."""

from __future__ import annotations


def N_(text: str) -> str:  # the name by which gettext tools find a text
    return text


PATH = N_("My training path")
YOUR_TIER = N_("Your training tier: {tier}")
WHY = N_("Why this tier")
START_HERE = N_("Start here: {title}")
NEXT = N_("Next: {title}")
ALL_DONE = N_("You have finished every part shown here.")
SERVICE_FIRST = N_("First task in your plan: {task}")
PART = N_("Part {number}")
DONE = N_("Finished")
NOTHING_HERE = N_("There is no part for your tier here. Your other parts are elsewhere in the course.")
NOT_PLACED = N_("You do not have a training tier yet.")
NOT_PLACED_TODO = N_(
    "Please do the first diagnosis. It takes about half an hour, and you may do it again. "
    "Your tasks appear afterwards."
)
UNKNOWN_PERSON = N_(
    "The training service does not know you yet. Please open the training once from your course page, "
    "then come back and press “Ask again”."
)
UNREACHABLE = N_("The training service cannot be reached at the moment, so we do not know your tier.")
UNREACHABLE_TODO = N_(
    "Nothing that you have done is lost. You can work on the parts below, "
    "and press “Ask again” in a few minutes."
)
OLD_ANSWER = N_(
    "The training service cannot be reached at the moment. This is your tier as of {time}; "
    "nothing that you have done is lost."
)
NOT_CONNECTED = N_("This course is not connected to the training service. Please tell your course staff.")
AS_OF = N_("As of {time}")
ASK_AGAIN = N_("Ask again")
ASKING = N_("Asking …")
NO_ANSWER = N_("There is still no answer. Nothing is lost; please try again in a few minutes.")
STAFF_SEES_ALL = N_("You are course staff and see every part. Learners see only the parts for their tier.")
FOR_EVERYBODY = N_("For everybody")
FOR_TIERS = N_("For: {tiers}")
NO_PARTS = N_("This path has no parts yet.")
AUTHOR_NO_TIERS = N_("A part without a tier is shown to everybody.")

BASIC = N_("Basic operation")
INTEGRATED = N_("Integrated use")
INNOVATION = N_("AI-supported innovation")
INNOVATION_BRIDGE = N_("AI innovation with basic bridging")
LEAD = N_("Lead and mentor")
UNPLACED = N_("Not placed yet (diagnosis)")
TIER_NAMES = {
    "basic": BASIC,
    "integrated": INTEGRATED,
    "innovation": INNOVATION,
    "innovation-bridge": INNOVATION_BRIDGE,
    "lead": LEAD,
    "unplaced": UNPLACED,
}

STUDIO_TITLE = N_("Who sees which part")
STUDIO_NAME = N_("Name of the path")
STUDIO_TIERS = N_("Tiers of your training policy (short names, separated by spaces)")
PART_OF_FORM = N_("Part {number}: {title}")
STUDIO_SAVE = N_("Save")
STUDIO_CANCEL = N_("Cancel")
STUDIO_SAVED = N_("Saved.")
STUDIO_FAILED = N_("Not saved. Your choices are still on this page; please try again.")
FIELD_NAME = N_("Name")
FIELD_NAME_HELP = N_("Shown above the path and in the course outline.")
FIELD_TIERS = N_("Tiers")
FIELD_TIERS_HELP = N_("Short names of the tiers of your training policy.")
FIELD_CHILDREN = N_("Tiers of each part")
FIELD_CHILDREN_HELP = N_("Which tiers see which part. A part without an entry is for everybody.")
REFUSED_AUTHOR = N_("Only authors of the course may change who sees which part. Nothing was changed.")
BAD_FORM = N_("The form was not complete. Nothing was changed; please load the page again.")
UNKNOWN_TIER = N_("“{tier}” is not one of the tiers of this path. Nothing was changed.")
UNKNOWN_CHILD = N_("One part is no longer in this path. Nothing was changed; please load the page again.")
CHILD_WITHOUT_TIER = N_("“{title}” has no tier and is shown to everybody.")
CHILD_WITH_UNKNOWN_TIER = N_("“{title}” is for the tier “{tier}”, which this path does not have.")
NO_DIAGNOSIS = N_("No part is shown to learners without a tier. They read an explanation only.")
