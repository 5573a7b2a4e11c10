package cases

import "portal.example/shared/locale"

// What the portal itself writes into public events. They are stored as content in both languages, because
// they leave for the public site as they are; nothing here may name a person.

func saysRegistered(number string) locale.Text {
	return locale.Text{
		UK: "Заяву зареєстровано. Номер справи " + number + ".",
		EN: "The application is registered. Case number " + number + ".",
	}
}

func saysStageStarted(s Stage) locale.Text {
	return locale.Text{UK: "Розпочато етап: " + s.Name + ".", EN: "Stage begun: " + orFirst(s.NameEN, s.Name) + "."}
}

func saysStageFinished(s Stage) locale.Text {
	return locale.Text{UK: "Завершено етап: " + s.Name + ".", EN: "Stage finished: " + orFirst(s.NameEN, s.Name) + "."}
}

func saysSuspended(reason string) locale.Text {
	return locale.Text{UK: "Розгляд зупинено: " + reason, EN: "Work on the case is suspended: " + reason}
}

func saysDecided(outcome Outcome, ground locale.Text) locale.Text {
	if outcome == Granted {
		return locale.Text{UK: "Ухвалено рішення: надати послугу.", EN: "Decided: the service is granted."}
	}
	return locale.Text{
		UK: "Ухвалено рішення: відмовити. Підстава: " + ground.UK,
		EN: "Decided: refused. Ground: " + orFirst(ground.EN, ground.UK),
	}
}

var (
	saysAssigned    = locale.Text{UK: "Справу взято в роботу.", EN: "Work on the case has begun."}
	saysResumed     = locale.Text{UK: "Розгляд поновлено.", EN: "Work on the case has been resumed."}
	saysResultReady = locale.Text{UK: "Результат готовий.", EN: "The result is ready."}
	saysIssued      = locale.Text{UK: "Результат видано.", EN: "The result has been handed over."}
	saysClosed      = locale.Text{UK: "Справу закрито.", EN: "The case is closed."}
)

func orFirst(text, first string) string {
	if text != "" {
		return text
	}
	return first
}
