"""Function words of German and English, folded as in words.fold: they carry no topic of their own."""

from __future__ import annotations

_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus
bei beim bin bis bist bitte bzw da dabei danke dadurch dafuer dagegen daher damit danach dann daran darauf
daraus darf darin darueber darum darunter das dass davon davor dazu dein deine deinem deinen deiner dem den
denen denn der deren des dessen desto dich die dies diese diesem diesen dieser dieses dir doch dort du durch
duerfen eben ebenso ein eine einem einen einer eines einig einige einigen einiger einiges einmal er es etwa
etwas euch euer eure fuer gab gegen gewesen gibt habe haben haette haetten hallo hat hatte hatten hattest
her hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins ist ja je jede jedem
jeden jeder jedes jedoch jene jenem jenen jener jenes jetzt kann kannst kein keine keinem keinen keiner
keines koennen koennte koennten man manche manchem manchen mancher manches mehr mein meine meinem meinen
meiner meines mich mir mit muss muessen musste mussten nach nachdem ob oder ohne sehr sei seien sein seine
seinem seinen seiner seines seit selbst sich sie sind so sobald sogar solche solchem solchen solcher sollen
sollte sollten soll sondern sonst soweit sowie sowohl ueber um und uns unser unsere unserem unseren unserer
unter viel vom von vor waehrend wann war waren warum was weil welche welchem welchen welcher welches wem wen
wenn wer werde werden weshalb wessen wie wieder wieso wieviel will wir wird wirst wo wobei wodurch wofuer
woher wohin womit woran worauf woraus worin worueber wovon wozu wollen wollte wollten worden wuerde wuerden
wurde wurden zu zum zur zwar zwischen
"""

_ENGLISH = """
a about above after again against all also am an and any are aren't as at be because been before being below
between both but by can can't could couldn't did didn't do does doesn't doing don't down during each few for
from further had hadn't has hasn't have haven't having he he's hello her here hers herself him himself his
how i i'm if in into is isn't it it's its itself just let's many may me might more most much must my myself
no nor not of off on once one only or other our ours ourselves out over own please same shall she she's
should shouldn't so some such than thank thanks that that's the their theirs them themselves then there
there's these they they're this those through to too under until up upon us very was wasn't we we're were
weren't what what's when where which while who who's whom whose why will with won't would wouldn't you
you're your yours yourself yourselves
"""

STOP_WORDS = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}
EITHER = STOP_WORDS["de"] | STOP_WORDS["en"]  # where a text may be in one language or the other
