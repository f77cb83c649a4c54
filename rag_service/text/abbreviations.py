"""What a full stop does not end: abbreviations per language, months, and words that begin sentences."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Always followed by more of the same sentence.
_NEVER_LAST_COMMON = "dr prof rev mr mrs ms st sr hr fr ing dipl mag phil med jur rer nat vs cf nr tel fax hg"
NEVER_LAST = {
    "de": _words(f"""
        {_NEVER_LAST_COMMON} abb abs abt anm art aufl ausg bd bde bes bspw bzw ca dez ebd ehem eigtl
        einschl entspr evtl exkl febr gegr geb gen gest ggf ggfs hl hrsg inkl insb jan kap kath lt
        luth max mind min ministerpräs mio mrd mtl nov obj okt präs rd rel resp sept sog spez stellv
        str tab tägl u usf verh verf vgl vors wg wiss z zit zzgl zz bzgl aug dt engl frz russ korean
        lat griech jap gem lfd zw od bez mdl schriftl dgl pol komm allg urspr d i s o
        """),
    "en": _words(f"""
        {_NEVER_LAST_COMMON} gen col lt sgt capt cmdr adm maj hon rev sen rep gov pres supt messrs
        mme fig figs eq vol vols pp ed eds trans approx est dept univ assn bros jan feb mar apr aug
        sept oct nov dec i e
        """),
    "fr": _words(f"{_NEVER_LAST_COMMON} m mm mme mlle av env p ex art chap vol"),
    "es": _words(f"{_NEVER_LAST_COMMON} sra srta d dña ud uds pág núm art aprox"),
    "it": _words(f"{_NEVER_LAST_COMMON} sig sigg dott avv pag art es"),
    "nl": _words(f"{_NEVER_LAST_COMMON} dhr mevr drs bijv blz art ca o.a jl"),
    "pt": _words(f"{_NEVER_LAST_COMMON} sra dra exmo pág art aprox"),
}
NEVER_LAST_DEFAULT = _words(_NEVER_LAST_COMMON)

# May also stand at the end of a sentence: what follows decides.
MAYBE_LAST = {
    "de": _words("""
        usw etc art max jan komm pol tab lat gem geb gen str mag min ff f jh jhd jhdt jr sen chr co corp
        inc ltd mill tsd std sek min kg mbh bln mwst st ä a m n v
        """),
    "en": _words("etc fig ed mag mar col rep jr sr inc ltd co corp bros al ave blvd rd ca"),
}
MAYBE_LAST_DEFAULT = _words("etc jr inc ltd co corp")

# 'No. 5', 'p. 12': an abbreviation only before a number.
BEFORE_NUMBER = _words("no nos p pp art sec ch fig vol nr abs kap s ziff bd")

MONTHS = _words("""
        januar jänner jan februar feber feb märz april mai juni juli august aug september sept
        oktober okt november nov dezember dez
        """)

# Words after which a lone capital or a number is a name, so that its full stop ends the sentence.
LABELS = _words("plan typ vitamin klasse gruppe teil kategorie hepatitis type class group part")

STARTERS = {
    "de": _words("""
        aber alle allein allerdings als also am an andere anders angesichts auch auf aus außerdem
        bei beide beim bereits bis bisher da dabei dadurch dafür dagegen daher dahinter damit danach
        daneben dann daran darauf daraufhin darin darüber darum darunter das dass davon davor dazu
        demnach den denn dennoch der deren derzeit deshalb dessen deswegen die dies diese diesem
        diesen dieser dieses doch dort dorthin dr du durch ebenso ein eine einem einen einer eines
        einige er erst es etwa für gegen gestern heute hier hinter hinzu ich ihm ihn ihnen ihr ihre
        im immer in ins inzwischen ist jede jeder jedes jedoch jetzt kein keine können laut man
        manche mehrere mein mit mittlerweile nach nachdem neben nicht nichts niemand noch nun nur ob
        obwohl oder offenbar ohne schließlich schon sehr sein seine seinem seinen seiner seit
        seitdem sie so sobald sogar sollte somit sonst sowohl später statt trotz trotzdem über
        überdies um und uns unser unter viele vielmehr vom von vor war warum was weder wegen weil
        weitere welche wem wen wenn wer wie wir wird wo während zu zudem zuletzt zum zunächst zur
        zuvor zwar zwei zwischen
        """),
    "en": _words("""
        a according after all also although an and another any are as at because before both but by
        did do does during each even every few finally first for from had has have he her here his
        how however i if in instead is it its last later many meanwhile more most much my neither no
        nor not nothing now of on once one only or other others our over several she since so some
        still such than that the their then there these they this those though three through thus to
        today two under until was we were what when where whether which while who why will with
        without would yesterday yet you your
        """),
}

# Vowelless words that are units, codes or names rather than abbreviations.
NOT_ABBREVIATED = _words("km kg cm mm dm ml hl kw kwh mw lkw pkw tv pc pcs gb mb kb tb ft mph tsv")
