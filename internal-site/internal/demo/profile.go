package demo

func init() { register(part{name: "profile", build: (*builder).profile}) }

// profile says on every page which region this is, and that it is fictional.
func (b *builder) profile() {
	arms, err := files.ReadFile("content/arms.png")
	if err != nil {
		b.fail("arms: %w", err)
	}
	r := b.region
	b.put("region.profile", cell{"id", 1}, cell{"name", r.Name.UK}, cell{"name_en", r.Name.EN}, cell{"owner", r.Owner.UK},
		cell{"owner_en", r.Owner.EN}, cell{"help_phone", r.HelpPhone}, cell{"notice", r.Notice.UK}, cell{"notice_en", r.Notice.EN},
		cell{"arms", arms}, cell{"arms_alt", r.ArmsAlt.UK}, cell{"arms_alt_en", r.ArmsAlt.EN},
		cell{"appeal", r.Appeal.UK}, cell{"appeal_en", r.Appeal.EN}, cell{"appeal_days", r.AppealDays}, cell{"updated_at", b.founded()})
}
