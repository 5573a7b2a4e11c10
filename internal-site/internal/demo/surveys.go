package demo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

func init() {
	register(part{name: "surveys", after: []string{"catalogue"}, build: (*builder).surveys})
}

// surveyed is one survey of content/surveys.yaml with what was answered.
type surveyed struct {
	Title     locale.Text `yaml:"title"`
	About     locale.Text `yaml:"about"`
	State     string      `yaml:"state"`
	Questions []struct {
		Kind     string        `yaml:"kind"`
		Text     locale.Text   `yaml:"text"`
		Required bool          `yaml:"required"`
		Limit    int           `yaml:"limit"`
		Options  []locale.Text `yaml:"options"`
	} `yaml:"questions"`
	Answered []struct {
		Values []string `yaml:"values"` // by the order of the questions; "": none
		Times  int      `yaml:"times"`
	} `yaml:"answered"`
}

// surveys writes what the region asks after finished cases, and answers. The site itself counts the figures of places.
func (b *builder) surveys() {
	var list []surveyed
	if err := readFile("surveys.yaml", &list); err != nil {
		b.fail("%w", err)
	}
	for i, s := range list {
		id, first := idOf("survey", fmt.Sprint(i)), workdays.DateOf(b.today.AddDate(0, -2, 0))
		b.put("surveys.surveys", cell{"id", id}, cell{"title", s.Title.UK}, cell{"title_en", s.Title.EN}, cell{"about", s.About.UK},
			cell{"about_en", s.About.EN}, cell{"questions", s.asked()}, cell{"keys", len(s.Questions)}, cell{"first_day", first},
			cell{"state", s.State}, cell{"published", s.State != "draft"}, cell{"created_at", first})
		b.answered(id, first, s)
	}
}

func (s surveyed) asked() (list []contract.SurveyQuestion) {
	for i, q := range s.Questions {
		one := contract.SurveyQuestion{Key: "q" + strconv.Itoa(i+1), Kind: q.Kind, Text: q.Text, Required: q.Required, Limit: q.Limit}
		for n, text := range q.Options {
			one.Options = append(one.Options, contract.SurveyOption{Key: "o" + strconv.Itoa(n+1), Text: text})
		}
		list = append(list, one)
	}
	return list
}

// answered writes the answers, by turns about three services, each at its first centre.
func (b *builder) answered(survey uuid.UUID, first time.Time, s surveyed) {
	var offers []*offer
	for _, o := range b.offers {
		if len(o.centres) > 0 && len(offers) < 3 {
			offers = append(offers, o)
		}
	}
	n, all := 0, contract.Tallies{}
	for _, a := range s.Answered {
		for range a.Times {
			about, id := offers[n%len(offers)], idOf("answer to survey", survey.String()+" "+strconv.Itoa(n))
			b.put("surveys.answers", cell{"id", id}, cell{"survey_id", survey}, cell{"service_id", about.id},
				cell{"centre_id", idOf("centre", about.centres[0].Key)}, cell{"day", first.AddDate(0, 0, 3*n)})
			for i, value := range a.Values {
				if value == "" {
					continue
				}
				key := "q" + strconv.Itoa(i+1)
				b.put("surveys.values", cell{"answer_id", id}, cell{"question", key}, cell{"value", value})
				if s.Questions[i].Kind != contract.AskText {
					if all[key] == nil {
						all[key] = map[string]int{}
					}
					all[key][value]++
				}
			}
			n++
		}
	}
	if n >= contract.FewestAnswers { // the site itself counts those of services and centres
		b.put("surveys.figures", cell{"id", idOf("figures of survey", survey.String())}, cell{"survey_id", survey}, cell{"answered", n},
			cell{"tallies", all}, cell{"day", workdays.DateOf(b.today)})
		b.put("surveys.waiting", cell{"survey_id", survey})
	}
}
