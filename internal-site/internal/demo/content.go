package demo

import (
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// The files of content/ as they are written; the parts of the region make rows out of them.

type region struct {
	Name       locale.Text                  `yaml:"name"`
	Note       locale.Text                  `yaml:"note"`
	Owner      locale.Text                  `yaml:"owner"`
	HelpPhone  string                       `yaml:"help_phone"`
	Notice     locale.Text                  `yaml:"notice"`
	ArmsAlt    locale.Text                  `yaml:"arms_alt"`
	Appeal     locale.Text                  `yaml:"appeal"`
	AppealDays int                          `yaml:"appeal_days"`
	Password   string                       `yaml:"password"`
	Documents  map[string]contract.Document `yaml:"documents"`
	Filing     map[string]locale.Text       `yaml:"filing"`
	Delivery   map[string]locale.Text       `yaml:"delivery"`
	Fees       map[string]fee               `yaml:"fees"`
	Grounds    map[string]locale.Text       `yaml:"grounds"`
	Officials  map[string]locale.Text       `yaml:"officials"`
	Units      map[string]locale.Text       `yaml:"units"` // where each of the officials works
	Stages     map[string]stage             `yaml:"stages"`
	CentreUnit locale.Text                  `yaml:"centre_unit"`
	ActNotes   map[string]locale.Text       `yaml:"act_notes"`
	Staff      []person                     `yaml:"staff"`
}

type acts struct {
	State []act `yaml:"state"`
	Local []act `yaml:"local"`
}

type act struct {
	Key     string `yaml:"key"`
	Kind    string `yaml:"kind"` // "": a law, or a decision if local
	Number  string `yaml:"number"`
	Adopted string `yaml:"adopted"`
	NReg    string `yaml:"nreg"` // registration number on zakon.rada.gov.ua
	Title   string `yaml:"title"`
	EN      string `yaml:"en"`
	// Editions are those that the library has the text of, the oldest first.
	Editions []edition `yaml:"editions"`
}

// edition is an act as it is in force from a day.
type edition struct {
	From string `yaml:"from"`
	Note string `yaml:"note"`
	Text string `yaml:"text"`
}

// unit is a district, a community or a settlement.
type unit struct {
	Code     string `yaml:"code"`
	Category string `yaml:"category"`
	Name     string `yaml:"name"`
}

type classification struct {
	Categories []category  `yaml:"categories"`
	Situations []situation `yaml:"situations"`
}

type category struct {
	Key      string      `yaml:"key"`
	Name     locale.Text `yaml:"name"`
	Children []category  `yaml:"children"`
}

type situation struct {
	Key         string      `yaml:"key"`
	Name        locale.Text `yaml:"name"`
	Description locale.Text `yaml:"description"`
	Path        []pathStep  `yaml:"path"`
}

// pathStep is what is applied for together in a life situation; services that no step names stand beside the path. A step without a
// heading is one as an import leaves it.
type pathStep struct {
	Services  []string    `yaml:"services"` // their keys
	Note      locale.Text `yaml:"note"`     // of the first of them
	Heading   locale.Text `yaml:"heading"`
	Text      locale.Text `yaml:"text"`
	Optional  bool        `yaml:"optional"`
	Term      stepTerm    `yaml:"term"`
	Elsewhere []string    `yaml:"elsewhere"` // keys of what others give
}

// stepTerm is when the law wants a step to be done.
type stepTerm struct {
	Kind  string      `yaml:"kind"` // within, not_before
	Count int         `yaml:"count"`
	Unit  string      `yaml:"unit"` // days, workdays, months, years
	Law   locale.Text `yaml:"law"`
}

// elsewhere is a service that others give.
type elsewhere struct {
	Key      string      `yaml:"key"`
	Name     locale.Text `yaml:"name"`
	Words    string      `yaml:"words"`
	Provider locale.Text `yaml:"provider"`
	URL      string      `yaml:"url"`
	Phone    string      `yaml:"phone"`
	Address  locale.Text `yaml:"address"`
	How      locale.Text `yaml:"how"`
	Checked  int         `yaml:"checked"` // how many days ago somebody looked; 0: 30
}

// body is what centres and authorities have in common.
type body struct {
	Key      string      `yaml:"key"`
	Name     locale.Text `yaml:"name"`
	Address  locale.Text `yaml:"address"`
	Phones   []string    `yaml:"phones"`
	Email    string      `yaml:"email"`
	Site     string      `yaml:"site"`
	Schedule schedule    `yaml:"schedule"`
	People   []person    `yaml:"people"`
}

type centre struct {
	body       `yaml:",inline"`
	Code       string      `yaml:"code"`
	Unit       string      `yaml:"unit"` // code of the settlement
	Directions locale.Text `yaml:"directions"`
	Latitude   float64     `yaml:"latitude"`
	Longitude  float64     `yaml:"longitude"`
}

type authority struct {
	body     `yaml:",inline"`
	EDRPOU   string      `yaml:"edrpou"`
	Level    string      `yaml:"level"` // "": local
	Short    locale.Text `yaml:"short"`
	Account  locale.Text `yaml:"account"`
	Contacts locale.Text `yaml:"contacts"`
	Services []*service  `yaml:"services"`
}

// schedule writes a week as lines like "1-4 08:00-17:00 12:00-12:45": days, hours, breaks.
type schedule struct {
	Week       []string    `yaml:"week"`
	Note       locale.Text `yaml:"note"`
	Exceptions []exception `yaml:"exceptions"`
}

type exception struct {
	InDays int         `yaml:"in_days"` // after the day of loading
	Closed bool        `yaml:"closed"`
	Opens  string      `yaml:"opens"`
	Closes string      `yaml:"closes"`
	Reason locale.Text `yaml:"reason"`
}

// person is an official; those with a reception are shown to citizens, all of them may sign in.
type person struct {
	Name      string      `yaml:"name"`
	Login     string      `yaml:"login"`
	Role      string      `yaml:"role"`
	Position  locale.Text `yaml:"position"`
	Phone     string      `yaml:"phone"`
	Email     string      `yaml:"email"`
	Reception locale.Text `yaml:"reception"`
}

type service struct {
	Key         string        `yaml:"key"`
	Code        string        `yaml:"code"`
	Quick       bool          `yaml:"quick"`
	Category    string        `yaml:"category"`
	Situations  []string      `yaml:"situations"`
	Centres     []string      `yaml:"centres"` // none: all of them
	Applicants  []string      `yaml:"applicants"`
	Name        locale.Text   `yaml:"name"`
	Summary     locale.Text   `yaml:"summary"`
	Keywords    string        `yaml:"keywords"`
	Description locale.Text   `yaml:"description"`
	Conditions  locale.Text   `yaml:"conditions"`
	Documents   []documentRef `yaml:"documents"`
	Filing      []string      `yaml:"filing"`
	Fee         feeRef        `yaml:"fee"`
	Term        int           `yaml:"term"`
	Tacit       bool          `yaml:"tacit"` // silence counts as consent
	Suspension  []groundRef   `yaml:"suspension"`
	Refusal     []groundRef   `yaml:"refusal"`
	Result      locale.Text   `yaml:"result"`
	Delivery    []string      `yaml:"delivery"`
	Acts        []actRef      `yaml:"acts"`
	Payout      locale.Text   `yaml:"payout"`
	Questions   []question    `yaml:"questions"`
	Online      []onlineWay   `yaml:"online"`
	Request     string        `yaml:"request"` // what the application to download asks for
	Stages      []stageRef    `yaml:"stages"`
	Earlier     *earlier      `yaml:"earlier"`
	Next        *next         `yaml:"next"`
}

// question is asked before an application.
type question struct {
	ID     string      `yaml:"id"`
	Text   locale.Text `yaml:"text"`
	Stop   string      `yaml:"stop"`
	Advice locale.Text `yaml:"advice"`
}

type onlineWay struct {
	Name locale.Text `yaml:"name"`
	URL  string      `yaml:"url"`
}

// earlier describes the version of the card before the present one.
type earlier struct {
	Term     int    `yaml:"term"`
	DaysAgo  int    `yaml:"days_ago"` // when the present version took its place
	Change   string `yaml:"change"`   // what changed
	NoOnline bool   `yaml:"no_online"`
}

// next describes a version that staff are preparing.
type next struct {
	State  string `yaml:"state"` // draft or approved
	InDays int    `yaml:"in_days"`
	Term   int    `yaml:"term"`
	Change string `yaml:"change"`
}

type fee struct {
	Paid    bool        `yaml:"paid"`
	Amount  string      `yaml:"amount"`
	Grounds locale.Text `yaml:"grounds"`
}

type stage struct {
	Name      locale.Text `yaml:"name"`
	UK        string      `yaml:"uk"`
	EN        string      `yaml:"en"`
	Official  string      `yaml:"official"`
	Authority string      `yaml:"authority"` // "": the one that decides
	Centre    bool        `yaml:"centre"`
	Action    string      `yaml:"action"`
	Days      int         `yaml:"days"`
	ID        string      `yaml:"id"`    // by which other stages of the service name it; a common stage has its own name
	After     []string    `yaml:"after"` // which stages it waits for; none: all above
	Ends      []ending    `yaml:"ends"`  // in which ways it can end
	When      string      `yaml:"when"`  // the ending of an earlier stage after which alone it is done
}

type ending struct {
	ID string `yaml:"id"`
	UK string `yaml:"uk"`
	EN string `yaml:"en"`
}
