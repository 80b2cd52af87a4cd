"""Words that only thank, greet or say goodbye: they ask nothing of anybody. English and French."""

import re

from portal.kernel.text import fold

LONGEST = 160  # characters; who writes more says more

# Whole phrases, longest first, as `fold` leaves them. What is left when they are taken out is what was said.
_PHRASES = """
    thank you very much|thank you so much|many thanks|thanks a lot|thank you|thanks|you are welcome|you re welcome
    my pleasure|no problem|not at all|no worries|perfect|great|wonderful|excellent|noted|well received|all good|all done
    have a nice day|have a good day|have a great day|have a nice weekend|have a good weekend|have a lovely evening
    have a good evening|good evening|good morning|good day|good bye|goodbye|hello|hi|dear|bye|cheers|take care
    best regards|kind regards|warm regards|regards|see you soon|speak soon|talk soon|ok|okay
    merci beaucoup|merci bien|merci encore|mille mercis|un grand merci|merci a vous|merci|je vous en prie
    avec plaisir|de rien|il n y a pas de quoi|pas de quoi|pas de souci|pas de probleme|parfait|tres bien|c est parfait
    excellent|super|c est note|bien note|bien recu|note|entendu|d accord|c est fait|tout est en ordre
    bonne journee|bonne soiree|bonne fin de journee|bonne fin de semaine|bon week end|bon weekend|bonnes vacances
    bonjour|bonsoir|au revoir|a bientot|a tres bientot|cordialement|bien cordialement|bien a vous|cher|chere
    monsieur|madame|pour tout|pour votre confiance|a vous|to you|too|aussi|egalement|for everything|et|and|vous
"""
_KNOWN = sorted((phrase.strip() for line in _PHRASES.splitlines() for phrase in line.split("|")), key=len, reverse=True)
_COURTESY = re.compile(rf"\b(?:{'|'.join(phrase for phrase in _KNOWN if phrase)})\b")
_APART = re.compile(r"[^\w?]+")
_SIGNS = re.compile(r":[a-z0-9_+-]+:")  # emoji by their names
# Of who is thanked: no sentence begins with them.
_NAMES = re.compile(r"(?<=[\w,] )[A-ZÀ-ÖØ-Þ][\w’'-]+")


def only_courtesy(body: str) -> bool:
    """Whether a message plainly ends the matter: courtesies, perhaps with a name, and nothing else."""
    if len(body) > LONGEST or "?" in body:
        return False
    words = _APART.sub(" ", fold(_NAMES.sub(" ", _SIGNS.sub(" ", body))))
    return not _COURTESY.sub(" ", words).strip()
