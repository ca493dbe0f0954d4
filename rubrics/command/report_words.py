"""What a conversion left behind, filled in or changed, in words: the codes of ``exchange`` with their values."""

from __future__ import annotations

from collections.abc import Mapping

from rubrics.command.phrases import N_

REPORTS: Mapping[str, str] = {
    "exchange.lost_title": N_("Left behind: the title (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_label": N_("Left behind: the name (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_description": N_("Left behind: the description (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_category": N_("Left behind: the category (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_weight": N_("Left behind: the weight (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_points": N_("Left behind: the points (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_feedback": N_(
        "Left behind: whether written feedback is asked for (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_feedback_text": N_(
        "Left behind: what a level says back to whoever reaches it (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_feedback_prompt": N_(
        "Left behind: the question that asks for feedback (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_feedback_default": N_(
        "Left behind: the text that feedback begins with (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_range": N_(
        "Left behind: that points are chosen inside a level (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_item": N_("Left behind: the competency it is about (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_code": N_("Left behind: the short name (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_identity": N_(
        "Left behind: the identifier and address in other systems (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_changed": N_("Left behind: when it was last changed (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_position": N_("Left behind: the position (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_kept": N_(
        "Left behind: what only its own format understands (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_around": N_(
        "Left behind: what stands around it in the file (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_criterion": N_(
        "Left behind: a criterion without levels (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_precision": N_(
        "Left behind: digits of the points beyond two places (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_gate": N_("Left behind: the gate (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_evidence": N_("Left behind: what a rater must point to (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_indicators": N_(
        "Left behind: the indicators of JY/T 0646 (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_not_applicable": N_(
        "Left behind: when it may be left out (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_points_range": N_(
        "Left behind: from where to where points are chosen inside a level (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_feedback_levels": N_(
        "Left behind: the levels of a criterion for feedback only (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_attachments": N_("Left behind: what is to be attached (%(part)s, %(count)s: %(where)s)."),
    "exchange.lost_prerequisites": N_(
        "Left behind: what is signed off beforehand (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_notes": N_("Left behind: the remarks (%(part)s, %(count)s: %(where)s)."),
    "exchange.filled_identity": N_("Filled in: an identifier and address (%(part)s, %(count)s: %(where)s)."),
    "exchange.filled_changed": N_("Filled in: a time of the last change (%(part)s, %(count)s: %(where)s)."),
    "exchange.filled_name": N_("Filled in: a name (%(part)s, %(count)s: %(where)s)."),
    "exchange.filled_feedback": N_(
        "Filled in: whether feedback is asked for (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.filled_text": N_("Filled in: a text (%(part)s, %(count)s: %(where)s)."),
    "exchange.filled_code": N_("Filled in: a short name (%(part)s, %(count)s: %(where)s)."),
    "exchange.filled_evidence": N_("Filled in: what a rater must point to (%(part)s, %(count)s: %(where)s)."),
    "exchange.changed_position": N_("Changed: the position (%(part)s, %(count)s: %(where)s)."),
    "exchange.changed_signs": N_(
        "Changed: tabs and signs nobody sees are gone (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.changed_blanks": N_("Changed: blanks around a text are gone (%(part)s, %(count)s: %(where)s)."),
    "exchange.changed_weighted": N_(
        "Changed: points are multiplied by the weight (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.read_decimal_comma": N_(
        "Understood: a comma in a number is a decimal point (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.read_beyond_header": N_(
        "Understood: cells beyond the first line's belong to further ratings (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.carried_in_extension": N_(
        "Carried in an extension, which other systems keep or ignore (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.formula": N_(
        "Beware: a spreadsheet would run the cell as a formula; the text is as it was (%(part)s, %(count)s: %(where)s)."
    ),
    "exchange.lost_other_language": N_("Left behind: the texts in the other language (%(language)s)."),
    "exchange.lost_audience": N_("Left behind: whom the rubric is for."),
    "exchange.lost_bands": N_("Left behind: the outcomes (excellent from %(excellent)s, pass from %(cut)s)."),
    "exchange.lost_panel": N_("Left behind: the rules of the panel."),
    "exchange.lost_video": N_("Left behind: what the recording must be."),
    "exchange.lost_attempts": N_("Left behind: how often a lesson may be handed in."),
    "exchange.filled_language": N_(
        "Filled in: the texts in the other language (%(language)s) are the same and wait for a translation."
    ),
    "exchange.filled_audience": N_("Filled in: whom the rubric is for (tier %(tier)s)."),
    "exchange.filled_bands": N_("Filled in: the outcomes (excellent from %(excellent)s, pass from %(cut)s)."),
    "exchange.filled_panel": N_("Filled in: the rules of the panel, as in %(like)s."),
    "exchange.filled_attempts": N_("Filled in: how often a lesson may be handed in, as in %(like)s."),
    "exchange.filled_video": N_("Filled in: what the recording must be, as in %(like)s."),
    "exchange.filled_levels": N_("Filled in: levels are numbered from %(most)s down to 1."),
    "exchange.changed_scaled": N_("Changed: all points are multiplied by %(factor)s."),
}
