"""What the doors' table gives to nobody: pages of what the cast has not, such as a file, an export or a mail's link.

By blueprint. Each is a decision: what it gives, and to whom, is proved where there is one (tests/doors, tests/links,
tests/mailbox, tests/record). That every address that writes can be used, tests/secrecy/test_cross_site.py proves.
"""

_NAMES = {
    "account": "invitation sign_in_link start",
    "client": "agreement edit_later file file_preview file_shown original upload",
    "console": "agreement agreement_record answer_record certificate edit_later erasure erasure_leaves export "
    "export_file file file_preview file_shown original readers reminder seen_mail seen_page seen_styles sighting "
    "source upload",
    "demo": "mail mails written",
    "health": "metrics",
    "links": "agreement discussion file file_preview file_shown marks messages mine subscription upload",
    "live": "link live",
}
UNGIVEN = {f"{blueprint}.{name}" for blueprint, names in _NAMES.items() for name in names.split()}
