/**
 * Words of `lspci -vv`, in lower case and without those of logs: what pciutils 3.9 prints by itself, and what later releases
 * print of new capabilities. The names of vendors and devices are those of pci.ids.
 */
export const LSPCI_WORDS: ReadonlySet<string> = new Set(
  `
    above abwmgmt accessing acscap acsctl acsviol activeerr addition addresses advnonfatalerr aercap aes afcap
    afctrl afstatus aggregation agp agp3 altbme alternate alternatebus alternative altmem always arb arbitration
    arbselect aricap arictl arifwd arihierarchy arqsz aspmoptcomp asset assoc associatedbusnumbers association
    assocrcrb atomicopscap atomicopsctl atscap atsctl attestation autbwint autwiddis auxcurrent auxpwr back2back
    baddllp badtlp baseaddr baseunitid basic bdfs bflit bint bir bist bitcas bittagcomp bittagreq blink brconfrtry
    bridgectl budgeting buses busmaster bwint bwmgmt bwnot byte bytes cached cachelines cal capacity caps ccin
    ccommoncfg cdat cemsk central centric cercvd cerpten cesta cfg cfgspace cfle chain chainside changes chassis
    clean clockpm cls clumping cmdcplt cmpl cmpltabrt cmpltredir cmpltto collector commclk commitmentlimit
    commonmode compactpci complex compliance compliancesos componentid conv cor correrr cov cpmu crcerr crcfe crcnfe
    crctm crossing crosslink crosslinkres crsvisible cst ctltm ctrl current cxl cxlcap cxlctl cxlportctl cxlportsta
    cxlsta cxlsta2 dangerous database dblend debugging decode decoder decoders decoding defdir definable dependency
    depth desc designated determined devcap devcap2 devctl devctl2 devicecfg devicename devnum devsel devsta
    directroute directtrans discovered discovery disctmrserren disctmrstat disintx dlactive dlp dmcrs dmmrbc dmost
    dns doe doecap doectl doesta downgraded downstreamcomp dpa dpccap dpcctl dpcsta dpere dram drftbuf drs dscale
    dsel dsi dtnode dul dump duration dwfcin dwfcinen dwfcout dwfcouten dynamic ecrc ecrcchkcap ecrcchken ecrcgencap
    ecrcgenen ecrcregen ectlt eetlpprefix egress egressblck egressctrl elttype emergencypowerreduction
    emergencypowerreductioninit emphasis empty emulated enclosure encoding engineering enhanced entercompliance
    entermodifiedcompliance entrysize eoc eocerr eocfe eocnfe equalizationcomplete equalizationphase1
    equalizationphase2 equalizationphase3 equivalent ero errcor errcorrectable errfatal errnon errorsrc errptr
    exchange expansion extctl extfmt extrs extsynch exttag exttphcomp factor fast fastb2b fatalerr fatalmsg fbcap
    fbcap2 fbctl fbctl2 fbmodts fbsta fbsta2 fcp ferpten fields filtered firstfatal fixed flit flreset form freq
    frequency frs fru func funcmap gart64 gcm ghz given good gpf gran greater gt hba hdm hdmcount hdrlogcap
    headerlog help hierarchy higher hints hosthide hpirq htrans hypertransport ide imm incfgspace incomplete
    indexpos indicated initial inprogress int integrated inten interleave intermediary interpretation intmsg intsta
    intsup iovcap iovctl iovsta isa isocen isocfc isr itacoh keyset keysets l1subcap l1subctl1 l1subctl2 lane
    laneerr laneerrstat large latency ldtstop len libkmod linkchg linkequalizationrequest linkstate linktype
    linkvalid lkfail ln lnkcap lnkcap2 lnkctl lnkctl2 lnkctl3 lnkequintrrupten lnkide lnksta lnksta2 locally
    location look lookup looped lpevc lsen lspci ltr1 ltssm lwi lwo mabort mailbox malftlp management manufacture
    margin margining maskable masked masthost maxeetlpprefixes maxgroups maxoffset maxpayload maxreadreq
    maxtimeslots mcastbar mcastblockallvec mcastblockuntransvec mcastcap mcastctl mcastoverlaybar mcastreceivevec
    mctp measurement medium memmapped memwinv mfvc mgp mhz mltlogdev mlwi mlwo mmiosize mmpc modes mse multcercvd
    multhdrreccap multhdrrecen multicast multiplexing multiplier multuercvd names native negopending nferpten nfm
    noisa nonfatalerr nonfatalmsg nophint nophintinfo nosnoop nosoftrst notify nroprprp null numanode numentries
    numeric numgroups numlogdevs nvbxs obff objectready obsolete ofe ofle onfe operating ordered ost overdriven
    overlap overlaysize ovfl palette par parerr parity part pasidcap pasidctl patentrybits path patoffset pba
    pbrflit pcimap pcrc performequ perr pfe pfle phantfunc phantom phase phy physlot pio pmcomplete pmeclk pmeintena
    pmepending pmestatus pmux pnfe pointer points poisonedtlp portcommonmoderestoretime portnumber porttpowerontime
    position postwrite powerflt powerlimit precision presdet preset preshoot prictl pridisctmr primaryproperties
    prista priv processing produce product progif prot protocol ptmcap ptmclockgranularity ptmcontrol
    ptmeffectivegranularity pwrflt pwron qkmdqa query queueing ras rate rbc rbe rcb rcd rciep rciepbitmap readable
    readiness recognize refclk regblock regblockhdm regblocks registers rejsnooptrans reliable reporting reqen reqid
    reqredir resetcomplete reseterror resizable resolving responder rest retimer retimer1 retimer2 retimers revision
    rfe rid rlxdord rnfe rootcap rootcmd rootctl rootselected rootsta routing rpbusy rpext rscem rsvdp rtr rxerr
    rxof sba scale scd sco sdes sdevice sec secdisctmr secondaryproperties seen selectable selected selection
    selective serr serrfe serrnfe services single slave slotclk slotpowerlimit sltcap sltctl sltsta small smallest
    snoop speccycle specification speeddis speeds srcvalid srd standard steering stepping stopped storage stride sub
    substates summary svendor swap swing switches swtrigger synhdrbyp syntax tabort tag target targetcomponent
    targetport tdisp tee textual thin threshold timeoutdis tlppfxpres tolerance topology tph tphcomp tpi transblk
    transmit transpend trerr triggerext trusted twrr128 txo types ucnfe udf uemsk uercvd uesta uesvrt uidrd unavail
    unimplemented unitcnt unitid unlimited unmasklinkdisable unmasksbr unordered unrecognized unsupreq unxcmplt
    upper uprgi upstreamfwd usc val vcset vend verbose verbosity vga16 vgasnoop view viral viralenable vital
    volatile vtc vvv wake warmrst whole windowsz writable wrr128 wrr256 wrr32 wrr64 x86 xxx xxxx
  `
    .trim()
    .split(/\s+/),
)
