-- A form or sample that was uploaded to a draft and never published can go. The site may delete no row of the register
-- itself, so that nobody who is inside it can make a result or what a citizen handed in disappear.
create function documents.drop_templates(ids uuid[]) returns setof uuid
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from documents.files f where f.id = any(drop_templates.ids) and f.purpose = 'template' and not f.published returning f.id
$$;

revoke all on function documents.drop_templates from public;
grant execute on function documents.drop_templates to internal_site;
