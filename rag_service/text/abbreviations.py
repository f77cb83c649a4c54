"""What a full stop does not end: abbreviations per language, months, and words that begin sentences."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


# Always followed by more of the same sentence.
_NEVER_LAST_COMMON = "dr prof rev mr mrs ms st sr hr fr ing dipl mag phil med jur rer nat vs cf nr tel fax hg"
NEVER_LAST = {
    "de": _words(f"""
        {_NEVER_LAST_COMMON} abb abs abt anm art aufl ausg bd bde bes bspw bzw ca dez ebd ehem eigtl
        einschl entspr evtl exkl febr gegr geb gen gest ggf ggfs hl hrsg inkl insb jan kap kath lt
        luth max mind min ministerpräs mio mrd mtl nov obj okt präs rd rel resp sept sog spez stellv
        str tab tägl u usf verh verf vgl vors wg wiss z zit zzgl zz bzgl aug dt engl frz russ korean
        lat griech jap gem lfd zw od bez mdl schriftl dgl pol komm allg urspr gez hrn d i s o
        außerord bearb betr bürgerm chem elektron erm ev evang freiw gemeinn ges ital kaufm mitgl ord
        österr phys poln röm städt teilw verantw vorauss wirtsch zul z.b d.h z.t v.a u.u i.d.r
        """),
    "en": _words(f"""
        {_NEVER_LAST_COMMON} gen col lt sgt capt cmdr adm maj hon rev sen rep gov pres supt messrs
        mme fig figs eq vol vols pp ed eds trans approx est dept univ assn bros jan feb mar apr aug
        sept oct nov dec i e
        """),
    "fr": _words(f"""
        {_NEVER_LAST_COMMON} m mm mme mmes mlle mlles me mgr av bd boul env p pp ex art chap vol fig réf
        tél éd ste
        """),
    "es": _words(f"""
        {_NEVER_LAST_COMMON} sra sras srta sres d dña ud uds vd vds pág págs núm núms art arts aprox avda
        av cap fig gral lic arq dpto prov vol ee ff jj rr ss cc
        """),
    "it": _words(f"""
        {_NEVER_LAST_COMMON} sig sigg dott avv geom arch pag pagg art artt es sec secc cap fig tav vol n
        nn proff on egr spett mons card gen
        """),
    "nl": _words(f"""
        {_NEVER_LAST_COMMON} dhr mevr mw drs ir jhr ds bijv blz pag art ca o.a jl fig afb hfdst vgl zgn
        resp str incl excl
        """),
    "pt": _words(f"""
        {_NEVER_LAST_COMMON} sra srs dra drs exmo exma profa eng arq pág págs art aprox av cap fig núm vol
        """),
    "pl": _words(f"""
        {_NEVER_LAST_COMMON} ul al pl os im św inż hab mgr lek woj pow gm ks bp abp kard gen płk mjr kpt
        por ppor wg zob np tzw tj ok godz ur zm red wyd pt rys tab
        """),
    "cs": _words(f"""
        {_NEVER_LAST_COMMON} ul nám tř č čp tj např popř resp sv str obr tab mgr bc mudr judr phdr rndr doc
        tzv roč gen plk por kpt
        """),
    "tr": _words(f"""
        {_NEVER_LAST_COMMON} doç yrd öğr arş gör av sn cad cd sok sk mah blv apt bkz örn ord alb gen hz müh
        """),
    "ru": _words("""
        ул д г гг им т тт п пп с стр рис табл см ср гл проф доц акад обл просп пр пл пер наб корп кв св ст
        тел оз р о гр изд ред вып
        """),
    "uk": _words("""
        вул буд м р рр ім т п с стор рис табл див пор гл проф доц акад обл просп пл пров наб корп кв св ст
        тел оз о гр вид ред вип
        """),
    "el": _words("κ κα κκ δρ καθ αρ σελ τηλ λεωφ οδ βλ αγ στρ εικ πιν κεφ αρθ"),
}
NEVER_LAST_DEFAULT = _words(_NEVER_LAST_COMMON)

# May also stand at the end of a sentence: what follows decides.
MAYBE_LAST = {
    "de": _words("""
        usw etc art max jan komm pol tab lat gem geb gen str mag min ff f jh jhd jhdt jr sen chr co corp
        inc ltd mill tsd std sek min kg mbh bln mwst st ä a m n v erw nachm verw vorm
        """),
    "en": _words("etc fig ed mag mar col rep jr sr inc ltd co corp bros al ave blvd rd ca"),
}
MAYBE_LAST_DEFAULT = _words("etc jr inc ltd co corp")

# Of these some are units or years after a number, where a sentence may end: '1892 г.', '10 см.', '2018 r.', 'XIX w.'
AFTER_NUMBER = _words("г гг р рр см м т с r w")

# Words that begin sentences, and are family names behind an initial: 'George F. Will'.
SURNAMES = _words("will more still du")

# 'No. 5', 'p. 12': an abbreviation only before a number.
BEFORE_NUMBER = _words("no nos p pp art sec ch fig vol nr abs kap s ziff bd anl anh anm zi kto")

# Words after which a lone capital is a name, so that its full stop ends the sentence.
LABELS = _words("""
    plan typ vitamin klasse gruppe teil kategorie hepatitis type class group part план тип класс группа
    витамин т.
    """)

# Languages that write ordinals with a full stop: 'Karel IV. byl'. Before a capital one of digits stands only where
# nouns begin with one: 'der 3. Platz'. Of an unknown language nobody knows.
ORDINALS = _words("de lb da no nb nn fi is et lv pl cs sk sl hr sr bs hu tr und")
ORDINALS_BEFORE_CAPITALS = _words("de lb und")

STARTERS = {
    "de": _words("""
        ab aber alle allein allerdings als also am an andere anders angesichts auch auf aus außerdem
        bei beide beim bereits bis bisher bitte da dabei dadurch dafür dagegen daher dahinter damit danach
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

# Data sheets and lists of names have too few function words to tell their language.
for _table in (NEVER_LAST, MAYBE_LAST, STARTERS):
    _table["und"] = _table["de"] | _table["en"]
    _table["und"] -= _words("art gem korean mill mind tab")  # English words
MAYBE_LAST["und"] |= _words("mind")  # 'Mind. Alter: 14'

# Words in the form of abbreviations that are units, codes or names.
NOT_ABBREVIATED = _words("""
    km kg cm mm dm ml hl kw kwh mw lkw pkw tv pc pcs gb mb kb tb ft mph tsv pm lbs hrs html xml sql url perl girl
    """)
