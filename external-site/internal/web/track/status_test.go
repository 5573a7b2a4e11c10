package track_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// event adds what happened to the case; said is what staff wrote with it.
func (s *site) event(at, kind, text, said string) {
	s.t.Helper()
	var sealed []byte
	if said != "" {
		var err error
		sealed, err = seal.ForCode(s.code.Recipient(), []byte(said))
		must(s.t, err)
	}
	s.DB.Exec(`insert into cases.events (id, case_id, at, kind, text, text_en, sealed, published) values (gen_random_uuid(), $1, $2, $3, $4, '', $5, true)`,
		s.kase, at, kind, text, sealed)
}

// text is the page as one reads it: no markup, one blank between words.
func (s *site) text(cookies []*http.Cookie) string {
	s.t.Helper()
	return s.textAt("/track/status", cookies)
}

func (s *site) textAt(path string, cookies []*http.Cookie) string {
	s.t.Helper()
	w := s.do(http.MethodGet, path, cookies)
	if w.Code != http.StatusOK {
		s.t.Fatalf("status page: %d", w.Code)
	}
	_, body, _ := strings.Cut(w.Body.String(), "<main")
	plain := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
	return strings.Join(strings.Fields(strings.ReplaceAll(plain, "\u00a0", " ")), " ")
}

// inOrder says that the page tells these things, one after the other.
func inOrder(t *testing.T, page string, wanted ...string) {
	t.Helper()
	rest := page
	for _, want := range wanted {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("no %q, or not in its place:\n%s", want, page)
		}
		rest = after
	}
}

func lacks(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, word := range unwanted {
		if strings.Contains(page, word) {
			t.Errorf("the page says %q:\n%s", word, page)
		}
	}
}

// A refusal looks like one: the ground, what staff wrote and what can be done come first, the rest of the page later.
func TestRefusal(t *testing.T) {
	s := open(t)
	s.DB.Exec("update cases.cases set outcome = 'refused', decided_at = '2026-11-20 22:30:00+00'") // the 21st in Kyiv
	s.event("2026-11-20 22:30:00+00", "decided", "Ухвалено рішення: відмовити. Підстава: неповний перелік документів", "Немає довідки банку.\nДодайте її.")
	s.DB.Exec(`insert into region.profile (id, name, name_en, owner, owner_en, help_phone, notice, notice_en, arms_alt, arms_alt_en, appeal, appeal_en, appeal_days, updated_at)
		values (1, 'Область', '', '', '', '', '', '', '', '', 'До комісії зі скарг.', '', 30, now())`)
	cookies := s.enter()
	page := s.text(cookies)
	inOrder(t, page, "Відмовлено", "Відмовлено", "Підстава: неповний перелік документів", "Пояснення", "Немає довідки банку. Додайте її.",
		"Подати заяву ще раз", "Як оскаржити відмову", "Скаргу можна подати до 21 грудня 2026 року включно.", "До комісії зі скарг.", "Управління екології", "Коротко")
	lacks(t, page, "Рішення готове", "Результат можна забрати")
	if strings.Count(page, "Немає довідки банку.") != 1 {
		t.Error("the explanation is told twice")
	}
	if body := s.do(http.MethodGet, "/track/status", cookies).Body.String(); !strings.Contains(body, "moj-alert--error") || !strings.Contains(body, `href="/apply/01-07/receipt/R-0000-0000-0195/copy/again"`) {
		t.Error("no box of its own, or no way to apply again")
	}
	if body := s.do(http.MethodGet, "/track/status?lang=en", cookies).Body.String(); !strings.Contains(body, `<span lang="uk">Немає довідки банку.`) {
		t.Error("what staff wrote is read out as English")
	}
	s.DB.Exec("update region.profile set appeal = '', appeal_days = 0")
	page = s.text(cookies)
	inOrder(t, page, "Як оскаржити відмову", "запитайте в органі, який ухвалив рішення")
	lacks(t, page, "включно")
}

// While the work is suspended the page begins with what is asked, promises no date, and says how to reach the centre.
func TestSuspension(t *testing.T) {
	s := open(t)
	s.DB.Exec("update cases.cases set state = 'suspended', outcome = '', decided_at = null, due_on = '2026-11-14', filed_at = '2026-11-02', registered_at = '2026-11-02'")
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, state, started_at, due_on, tracked)
		values (gen_random_uuid(), $1, 1, 'Перевірка', '', 'executes', 5, 'active', '2026-11-03', '2026-11-10', true)`, s.kase)
	s.event("2026-11-08 10:00:00+00", "suspended", "Розгляд зупинено.", "Принесіть довідку")
	tomorrow := s.now.In(locale.Kyiv()).AddDate(0, 0, 1).Format(time.DateOnly)
	s.DB.Exec(`update org.centres set schedule = jsonb_set(schedule, '{exceptions}', $1)`, `[{"date":"`+tomorrow+`","closed":true,"reason":{"uk":"Прибирання","en":""}}]`)
	page := s.text(s.enter())
	inOrder(t, page, "Зупинено", "Що від вас потрібно", "Принесіть довідку", "Коротко", "зупинено з 8 листопада 2026 року, залишилося 6 днів", "зупинено", "ЦНАП №01",
		"+380440000001", "вул. Соборна, 1", "Інші години прийому", "вихідний (Прибирання)")
	lacks(t, page, "14 листопада", "не пізніше ніж", "до 10.11.2026", "зараз,")
}

// Messages stand apart and before everything that happened by itself; stages are told once, by the list of stages.
func TestMessagesAndHistory(t *testing.T) {
	s := open(t)
	s.DB.Exec("update cases.cases set state = 'in_progress', outcome = '', decided_at = null")
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, state, started_at, finished_at, tracked)
		values (gen_random_uuid(), $1, 1, 'Перевірка', '', 'executes', 5, 'done', '2026-11-03', '2026-11-04', true)`, s.kase)
	s.event("2026-11-03 08:00:00+00", "registered", "Заяву зареєстровано.", "")
	s.event("2026-11-03 08:00:01+00", "stage_started", "Розпочато етап: Перевірка.", "")
	s.event("2026-11-04 08:00:00+00", "stage_finished", "Завершено етап: Перевірка.", "")
	s.event("2026-11-05 08:00:00+00", "message", "", "Добрий день,\nусе гаразд")
	s.event("2026-11-06 08:00:00+00", "message", "Старе повідомлення,\nяк їх писали раніше", "")
	cookies := s.enter()
	page := s.text(cookies)
	inOrder(t, page, "Повідомлення для вас", "Старе повідомлення", "Добрий день, усе гаразд", "Коротко", "Про зміни повідомляємо електронною поштою або SMS", "Що відбулося", "Заяву зареєстровано.")
	lacks(t, page, "Розпочато етап", "Завершено етап")
	if strings.Count(page, "усе гаразд") != 1 {
		t.Error("the message is told twice")
	}
	if body := s.do(http.MethodGet, "/track/status", cookies).Body.String(); !strings.Contains(body, "<span class=\"portal-lines\" dir=\"auto\">Добрий день,\nусе гаразд</span>") {
		t.Error("its lines run together")
	}
}

// Several results can be told apart, and one that is taken back is gone at once.
func TestResults(t *testing.T) {
	s := open(t)
	s.event("2026-11-20 08:00:00+00", "result_ready", "Результат готовий.", "")
	signed := uuid.New()
	s.DB.Exec(`insert into documents.files (id, purpose, title, title_en, file_name, media_type, size, sha256, object_key, case_id, uploaded_at, published)
		select $1, purpose, 'Рішення № 7', 'Decision No. 7', 'result.asice', media_type, 20480, sha256, object_key, case_id, '2026-11-21 08:00:00+00', true from documents.files`, signed)
	s.DB.Exec("update documents.files set uploaded_at = '2026-11-20 08:00:00+00' where id = $1", s.result)
	cookies := s.enter()
	page := s.text(cookies)
	inOrder(t, page, "Завантажити результат № 1 від 20 листопада 2026 року", "result-1.pdf", "Окремого файлу електронного підпису немає",
		"Завантажити результат № 2 від 21 листопада 2026 року", "Рішення № 7: result-2.asice, 20 КБ", "Документ і електронний підпис в одному файлі")
	lacks(t, page, "Результат готовий.")
	before := s.do(http.MethodGet, "/track/version", cookies).Body.String()
	s.DB.Exec("delete from documents.files where id = $1", s.result) // as replication does once it is published no more
	if after := s.do(http.MethodGet, "/track/version", cookies).Body.String(); after == before {
		t.Error("an open page is not told that the result was taken back")
	}
	page = s.text(cookies)
	inOrder(t, page, "Завантажити результат від 21 листопада 2026 року", "result.asice")
	lacks(t, page, "result-1.pdf", "№ 1")
	if w := s.do(http.MethodGet, "/track/results/"+s.result.String(), cookies); w.Code != http.StatusNotFound {
		t.Errorf("the result that was taken back: %d", w.Code)
	}
}

// Whoever's application is no case yet is told where to ask, though the page does not know the centre.
func TestHeldApplicationSaysWhomToAsk(t *testing.T) {
	s := open(t)
	s.DB.Exec("delete from cases.cases")
	s.DB.Exec("update submission.answers set outcome = 'held', subject = '', subject_id = null, subject_number = ''")
	entered := s.do(http.MethodPost, "/track", nil, "number", receipt, "code", s.code.Reveal())
	cookies := entered.Result().Cookies() //nolint:bodyclose // a recorder's body
	inOrder(t, s.text(cookies), "Розглядає працівник", "Зверніться до центру, якому ви надіслали заяву", "Телефони й години прийому центрів")
	if !strings.Contains(s.do(http.MethodGet, "/track/status", cookies).Body.String(), `href="/centres"`) {
		t.Error("no way to the centres")
	}
}

// Nobody is sent to the centre for a result that is not there yet.
func TestResultOnItsWayToTheCentre(t *testing.T) {
	s := open(t)
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, state, started_at, due_on, tracked, authority_id)
		values (gen_random_uuid(), $1, 1, 'Передання до центру', '', 'executes', 1, 'active', now(), '2026-11-30', true, $2)`, s.kase, s.Authority)
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, state, tracked)
		values (gen_random_uuid(), $1, 2, 'Видача результату', '', 'executes', 0, 'waiting', true)`, s.kase)
	cookies := s.enter()
	page := s.text(cookies)
	inOrder(t, page, "Рішення готове", "результат ще передають до центру", "забрати – на етапі «Видача результату»")
	lacks(t, page, "Результат можна забрати")
	s.DB.Exec("update cases.stages set state = case position when 1 then 'done' else 'active' end")
	page = s.text(cookies)
	inOrder(t, page, "Рішення готове", "Результат можна забрати")
	lacks(t, page, "ще передають")
}

// Both pages say where they stand on the site.
func TestBreadcrumbs(t *testing.T) {
	s := open(t)
	for path, want := range map[string]string{"/track": `href="/">Головна`, "/track/status": `href="/track">Стан заяви, запитання або перевірки документів`} {
		if body := s.do(http.MethodGet, path, s.enter()).Body.String(); !strings.Contains(body, "govuk-breadcrumbs") || !strings.Contains(body, want) {
			t.Errorf("%s has no way up", path)
		}
	}
}

// Every way out of the queue inside ends in words for the citizen, in both languages: what became of what they sent, what
// to do, and where to ask. The answers are those that the inside writes.
func TestEveryWayOutOfTheQueueIsTold(t *testing.T) {
	type answer struct{ outcome, reason, reasonEN string }
	for name, tt := range map[string]struct {
		answer
		typed  bool // by staff, sealed to the code
		uk, en []string
	}{
		"held, over the allowance": {
			answer: answer{"held", "Зараз надходить незвично багато звернень. Звернення передано працівнику.", "Unusually many submissions are arriving. It was handed to staff."},
			uk:     []string{"Розглядає працівник", "Від вас нічого не потрібно", "незвично багато", "Телефони й години прийому центрів"},
			en:     []string{"member of staff", "Unusually many", "Phones and opening hours"},
		},
		"held, and nothing explains why": {
			answer: answer{outcome: "held"},
			uk:     []string{"Розглядає працівник", "переглядає працівник", "Телефони й години прийому центрів"}, en: []string{"member of staff"},
		},
		"refused with what staff typed": {
			answer: answer{outcome: "refused"}, typed: true,
			uk: []string{"Не прийнято", "Причину сказано нижче", "Немає підпису", "подайте заяву ще раз", "Телефони й години прийому центрів"},
			en: []string{"Not accepted", "No signature", "again"},
		},
		"refused, damaged": {
			answer: answer{"refused", "Звернення надійшло пошкодженим. Подайте його ще раз.", "Your submission arrived damaged. Please send it again."},
			uk:     []string{"Не прийнято", "надійшло пошкодженим", "Телефони й години прийому центрів"}, en: []string{"Not accepted", "arrived damaged"},
		},
		"closed, alone or with many": {
			answer: answer{"closed", "Звернення опрацьовано в інший спосіб.", "Your submission was dealt with in another way."},
			uk:     []string{"Завершено", "Розгляд завершено", "в інший спосіб", "Телефони й години прийому центрів"}, en: []string{"dealt with in another way", "Phones and opening hours"},
		},
		"closed with what staff typed": {
			answer: answer{outcome: "closed"}, typed: true, uk: []string{"Завершено", "Немає підпису"}, en: []string{"No signature"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			cookies := s.enterBy(receipt)
			var sealed []byte
			if tt.typed {
				var err error
				sealed, err = seal.ForCode(s.code.Recipient(), []byte(`{"uk":"Немає підпису","en":"No signature"}`))
				must(t, err)
			}
			s.DB.Exec("delete from cases.cases")
			s.DB.Exec(`update submission.answers set outcome = $1, reason = $2, reason_en = $3, sealed = $4, subject = null, subject_id = null,
				subject_number = '', kind = '', code_hash = null`, tt.outcome, tt.reason, tt.reasonEN, sealed)
			inOrder(t, s.text(cookies), append(tt.uk[:len(tt.uk):len(tt.uk)], "Опис послуги")...)
			inOrder(t, s.textAt("/track/status?lang=en", cookies), tt.en...)
		})
	}
}

// The centre of a case is no longer on the portal, or never was: the page says where to ask all the same.
func TestCentreOfACaseIsGone(t *testing.T) {
	s := open(t)
	cookies := s.enter()
	s.DB.Exec("delete from org.centres")
	inOrder(t, s.text(cookies), "Центру, який веде вашу справу, зараз немає на порталі", "Телефони й години прийому центрів")
	inOrder(t, s.textAt("/track/status?lang=en", cookies), "not on the portal at the moment")
}

// Somebody else's message came under the id of the citizen's own, which then waited for staff. They have closed it.
func TestConflictThatStaffClosedIsTold(t *testing.T) {
	s := open(t)
	cookies := s.enterBy(receipt)
	s.DB.Exec("update submission.answers set code_hash = sha256('another')")
	inOrder(t, s.text(cookies), "Розглядає працівник")
	before := s.do(http.MethodGet, "/track/version", cookies).Body.String()
	s.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject_number, case_number, answered_at)
		values (gen_random_uuid(), $1, 'application', 'closed', 'Звернення опрацьовано в інший спосіб.', 'Dealt with in another way.', '', '', now())`, receipt)
	if after := s.do(http.MethodGet, "/track/version", cookies).Body.String(); after == before {
		t.Error("the open page is not told that something has changed")
	}
	inOrder(t, s.text(cookies), "Завершено", "опрацьовано в інший спосіб", "Телефони й години прийому центрів")
	inOrder(t, s.textAt("/track/status?lang=en", cookies), "Dealt with in another way")
}

// Whoever waits reads when each stage should end, from what the last day was counted, and with whom the case lay.
func TestWhenAndWithWhom(t *testing.T) {
	s := open(t)
	s.DB.Exec(`update cases.cases set state = 'in_progress', outcome = '', decided_at = null, due_on = current_date + 20,
		filed_at = now() - interval '6 days', registered_at = now() - interval '6 days'`)
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, state, started_at, finished_at, tracked)
		values (gen_random_uuid(), $1, 1, 'Прийом', '', 'executes', 1, 'done', now() - interval '6 days', now() - interval '4 days', true)`, s.kase)
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, authority_id, days, state, started_at, due_on, tracked)
		select gen_random_uuid(), $1, 2, 'Розгляд', '', 'executes', authority_id, 5, 'active', now() - interval '4 days', current_date + 3, true from cases.cases where id = $1`, s.kase)
	s.DB.Exec(`insert into cases.stages (id, case_id, position, name, name_en, action, days, days_in, state, tracked)
		values (gen_random_uuid(), $1, 3, 'Видача', '', 'executes', 10, 'calendar', 'waiting', true)`, s.kase)
	cookies := s.enter()
	p, err := locale.Load()
	must(t, err)
	ready := s.now.In(locale.Kyiv()).AddDate(0, 0, 13)
	for ready.Weekday() == time.Saturday || ready.Weekday() == time.Sunday {
		ready = ready.AddDate(0, 0, 1)
	}
	inOrder(t, s.text(cookies), "Звідки цей строк", "Рахують від дня, наступного за днем подання", "Етапи", "Видача", "попереду",
		"орієнтовно "+p.In(locale.UK).Date(ready), "до 10 календарних днів", "У кого була справа", "Управління екології", "4 дні", "Центр", "2 дні")
	page := s.textAt("/track/status?lang=en", cookies)
	inOrder(t, page, "Where this date comes from", "around", "Who has had the case", "4 days", "The centre", "2 days")
	s.DB.Exec("update cases.cases set state = 'suspended'")
	s.event("2026-11-08 10:00:00+00", "suspended", "Розгляд зупинено.", "Принесіть довідку")
	lacks(t, s.text(cookies), "орієнтовно")
}

// The page promises notices only where the portal sends them.
func TestNoticesArePromisedWhereTheyAreSent(t *testing.T) {
	s := open(t)
	s.DB.Exec("update cases.cases set state = 'in_progress', outcome = '', decided_at = null")
	cookies := s.enter()
	inOrder(t, s.text(cookies), "Про зміни повідомляємо електронною поштою або SMS")
	s.DB.Exec("insert into modules.switches (id, module, centre_id, enabled) select gen_random_uuid(), 'notices', centre_id, false from cases.cases")
	s.now = s.now.Add(time.Minute)
	inOrder(t, s.text(cookies), "Повідомлень про зміни портал не надсилає")
	s.DB.Exec("delete from modules.switches")
	s.DB.Exec("insert into modules.switches (id, module, enabled) values (gen_random_uuid(), 'notices', false)")
	s.now = s.now.Add(time.Minute)
	inOrder(t, s.text(cookies), "Повідомлень про зміни портал не надсилає")
}
