package stack

import (
	"fmt"
	"path/filepath"
)

// configs writes the configuration file of every process. They are made anew on each start, as the ports
// may have changed; what a person changes here does not stay.
func (l Layout) configs(s secrets, scanner bool) error {
	if err := writeFile(l.config("provider.secret"), []byte(identitySecret)); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"internal-site.yaml": l.internalSite(s, scanner),
		"intake.yaml":        l.intake(s, scanner),
		"notices.yaml":       l.notices(s),
		"convert.yaml":       l.converter(),
		"external-site.yaml": l.externalSite(s),
		"syncer.yaml":        l.syncer(s),
	} {
		header := "# Written by scripts/demo on every start: changes do not stay.\n"
		if err := writeFile(l.config(name), []byte(header+text)); err != nil {
			return err
		}
	}
	return nil
}

func (l Layout) internalSite(s secrets, scanner bool) string {
	return fmt.Sprintf(`listen: %s
operations: {listen: %q}
base_url: %s
public_url: %s
database:
  dsn: %q
  owner_dsn: %q
objects: %s
scanner: {address: %q}
preview: {socket: %q}
second_factor: {key: %q, passkeys: {origin: "http://localhost:%d"}}
provider: {issuer: "%s/id", client_id: portal, client_secret_file: %q, login_claim: preferred_username, name: {uk: "Єдиний вхід (демонстрація)", en: "Single sign-on (demo)"}}
rada: {address: %q, pause: 1s}
signatures: {trust: %q}
audit: {key: %q, checkpoints: %q}
`, l.address(portInternalSite), l.address(portInternalOps), l.url(portInternalSite), l.url(portExternalSite),
		l.dsn(portInternalPG, "internal_site", s.Internal["internal_site"]),
		l.dsn(portInternalPG, ownerRole, s.Internal[ownerRole]),
		l.objects(portInternalS3, s.InternalAccounts, "internal_site", ""), l.scannerAddress(scanner), l.converterSocket(), l.factorKey(), l.Base+portInternalSite, l.url(portPost), l.config("provider.secret"), l.url(portPost), l.Trust(),
		l.auditKey("private"), filepath.Join(l.Keys(), "audit-checkpoints.jsonl"))
}

// scannerAddress is where the malware scanner answers, "" when there is none.
func (l Layout) scannerAddress(scanner bool) string {
	if !scanner {
		return ""
	}
	return l.address(portScanner)
}

func (l Layout) intake(s secrets, scanner bool) string {
	return fmt.Sprintf(`listen: %s
database:
  dsn: %q
objects: %s
seal_key: %q
scanner:
  address: %q
`, l.address(portIntake), l.dsn(portInternalPG, "intake", s.Internal["intake"]),
		l.objects(portInternalS3, s.InternalAccounts, "intake", ""), filepath.Join(l.Keys(), "seal.private"), l.scannerAddress(scanner))
}

// notices sends to the demo's own post office.
func (l Layout) notices(s secrets) string {
	return fmt.Sprintf(`listen: %s
database:
  dsn: %q
public_url: %s
email: {server: %q, encryption: none, from: %q}
sms: {server: %q, system_id: portal, password: %s, sender: CNAP}
`, l.address(portNotices), l.dsn(portInternalPG, "notices", s.Internal["notices"]), l.url(portExternalSite),
		l.address(portMail), "Портал послуг <portal@cnap.example>", l.address(portSMSC), postPassword)
}

// postPassword is what the demo's SMS centre asks for; it answers this machine only.
const postPassword = "demo"

func (l Layout) externalSite(s secrets) string {
	return fmt.Sprintf(`listen: %s
operations: {listen: %q}
base_url: %s
database:
  dsn: %q
  owner_dsn: %q
objects: %s
seal_key: %q
account_key: %q
passkey_origin: "http://localhost:%d"
signatures: {trust: %q}
`, l.address(portExternalSite), l.address(portExternalOps), l.url(portExternalSite),
		l.dsn(portExternalPG, "external_site", s.External["external_site"]),
		l.dsn(portExternalPG, ownerRole, s.External[ownerRole]),
		l.objects(portExternalS3, s.ExternalAccounts, "external_site", ""), filepath.Join(l.Keys(), "seal.public"), l.accountKey(), l.Base+portExternalSite, l.Trust())
}

func (l Layout) syncer(s secrets) string {
	return fmt.Sprintf(`listen: %s
source:
  dsn: %q
  admin_dsn: %q
  slot: portal
  publication: portal
target:
  dsn: %q
  admin_dsn: %q
  readers: [external_site]
  warm_up: select to_tsvector('public.portal_uk', 'послуга')
whitelist: %q
documents:
  source: %s
  target: %s
inbound:
  outside:
    dsn: %q
    store: %s
  inside:
    dsn: %q
    store: %s
`, l.address(portSyncer),
		l.dsn(portInternalPG, "syncer_reader", s.Internal["syncer_reader"]),
		l.dsn(portInternalPG, ownerRole, s.Internal[ownerRole]),
		l.dsn(portExternalPG, "syncer_writer", s.External["syncer_writer"]),
		l.dsn(portExternalPG, ownerRole, s.External[ownerRole]),
		filepath.Join(l.Root, "deploy/whitelist.d"),
		l.objects(portInternalS3, s.InternalAccounts, "syncer_reader", "documents"),
		l.objects(portExternalS3, s.ExternalAccounts, "syncer_writer", "documents"),
		l.dsn(portExternalPG, "syncer_fetcher", s.External["syncer_fetcher"]),
		l.objects(portExternalS3, s.ExternalAccounts, "syncer_fetcher", "inbound"),
		l.dsn(portInternalPG, "fetcher", s.Internal["fetcher"]),
		l.objects(portInternalS3, s.InternalAccounts, "fetcher", "quarantine"))
}

// objects is a store's section in YAML's flow form, for one of its accounts.
func (l Layout) objects(port int, accounts map[string]string, account, bucket string) string {
	text := fmt.Sprintf("{endpoint: %q, access_key: %q, secret_key: %q", l.address(port), account, accounts[account])
	if bucket != "" {
		text += ", bucket: " + bucket
	}
	return text + "}"
}
