"""Policies of units with days of validity, more of what they say, and what has been told of them."""

from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        alter table policy
            add column unit text not null default '', add column valid_from date not null default '0001-01-01',
            add column valid_to date, add column most_held integer,
            add column no_skill_m double precision not null default 1500,
            add column no_language_m double precision not null default 3000,
            add column open_offer_m double precision not null default 100,
            add column accepted_m double precision not null default 200,
            add column steps jsonb not null default '{}',
            drop column calendar, drop column revision,
            drop constraint policy_pkey, add primary key (category, unit, valid_from)
        """
    )
    op.execute(
        """
        create table toldpromise (
            category text not null, unit text not null, valid_from date not null, facts jsonb not null,
            primary key (category, unit, valid_from)
        )
        """
    )
    op.execute(
        """
        create table policyapplication (
            category text not null, unit text not null, by text not null, owed_at timestamptz not null,
            after text not null, primary key (category, unit)
        )
        """
    )
