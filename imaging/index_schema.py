"""Tables of the study index."""

# Script n leads from schema version n to n + 1; never change one that was released.
MIGRATIONS = (
    """
    CREATE TABLE patients (
        id INTEGER PRIMARY KEY,
        patient_id TEXT NOT NULL,
        name TEXT NOT NULL,
        birth_date TEXT NOT NULL,
        sex TEXT NOT NULL,
        UNIQUE (patient_id, name, birth_date)
    );
    CREATE TABLE studies (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        patient INTEGER NOT NULL REFERENCES patients,
        date TEXT NOT NULL,
        time TEXT NOT NULL,
        accession TEXT NOT NULL,
        description TEXT NOT NULL
    );
    CREATE INDEX studies_by_patient ON studies (patient);
    CREATE TABLE series (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
        modality TEXT NOT NULL,
        description TEXT NOT NULL,
        number TEXT NOT NULL,
        stale INTEGER NOT NULL DEFAULT 1
    );
    CREATE INDEX series_by_study ON series (study);
    CREATE INDEX stale_series ON series (stale) WHERE stale = 1;
    CREATE TABLE parts (
        id INTEGER PRIMARY KEY,
        series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
        name TEXT NOT NULL,
        instances INTEGER NOT NULL,
        geometry TEXT,
        frames INTEGER NOT NULL,
        low REAL,
        high REAL,
        unit TEXT NOT NULL,
        center REAL,
        width REAL,
        inverted INTEGER NOT NULL,
        warnings TEXT NOT NULL,
        UNIQUE (series, name)
    );
    CREATE TABLE instances (
        id INTEGER PRIMARY KEY,
        sop_uid TEXT NOT NULL UNIQUE,
        series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
        path BLOB NOT NULL,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        header TEXT NOT NULL
    );
    CREATE INDEX instances_by_series ON instances (series);
    CREATE INDEX instances_by_path ON instances (path);
    CREATE TABLE members (
        part INTEGER NOT NULL REFERENCES parts ON DELETE CASCADE,
        place INTEGER NOT NULL,
        instance INTEGER NOT NULL REFERENCES instances ON DELETE CASCADE,
        PRIMARY KEY (part, place)
    ) WITHOUT ROWID;
    CREATE INDEX members_by_instance ON members (instance);
    CREATE TABLE links (
        instance INTEGER NOT NULL REFERENCES instances ON DELETE CASCADE,
        target TEXT NOT NULL,
        UNIQUE (instance, target)
    );
    CREATE INDEX links_by_target ON links (target);
    CREATE TABLE notes (
        series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
        warning TEXT NOT NULL,
        UNIQUE (series, warning)
    )
    """,
    # Files with one SOP instance UID but other content are kept beside one another, as variants; a patient
    # is found by what `name_search` makes of the name. SQLite cannot drop a constraint, and dropping a
    # table would take along what refers to it: all three tables are made anew. What the first version did not
    # read of multi-frame files and look-up tables is read when they are imported again.
    """
    CREATE TABLE kept_members AS SELECT * FROM members;
    CREATE TABLE kept_links AS SELECT * FROM links;
    CREATE TABLE kept_instances AS SELECT * FROM instances;
    DROP TABLE members;
    DROP TABLE links;
    DROP TABLE instances;
    DROP TABLE notes;
    CREATE TABLE instances (
        id INTEGER PRIMARY KEY,
        sop_uid TEXT NOT NULL,
        variant INTEGER NOT NULL,
        series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
        path BLOB NOT NULL,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        header TEXT NOT NULL,
        UNIQUE (sop_uid, variant)
    );
    CREATE INDEX instances_by_series ON instances (series);
    CREATE INDEX instances_by_path ON instances (path);
    CREATE TABLE members (
        part INTEGER NOT NULL REFERENCES parts ON DELETE CASCADE,
        place INTEGER NOT NULL,
        instance INTEGER NOT NULL REFERENCES instances ON DELETE CASCADE,
        PRIMARY KEY (part, place)
    ) WITHOUT ROWID;
    CREATE INDEX members_by_instance ON members (instance);
    CREATE TABLE links (
        instance INTEGER NOT NULL REFERENCES instances ON DELETE CASCADE,
        target TEXT NOT NULL,
        UNIQUE (instance, target)
    );
    CREATE INDEX links_by_target ON links (target);
    INSERT INTO instances (id, sop_uid, variant, series, path, size, modified, header)
        SELECT id, sop_uid, 0, series, path, size,
            CASE WHEN header LIKE '%"frames":%' OR header LIKE '%"notes":%' THEN -1 ELSE modified END, header
        FROM kept_instances;
    INSERT INTO members SELECT * FROM kept_members;
    INSERT INTO links SELECT * FROM kept_links;
    DROP TABLE kept_members;
    DROP TABLE kept_links;
    DROP TABLE kept_instances;
    ALTER TABLE patients ADD COLUMN search TEXT;
    CREATE INDEX patients_without_search ON patients (id) WHERE search IS NULL
    """,
    # Of RT dose neither the unit nor what it refers to was read before.
    """
    UPDATE instances SET modified = -1 WHERE header LIKE '%"1.2.840.10008.5.1.4.1.1.481.2"%'
    """,
    # What the files of a series have in common is kept once. `shared` is not declared as a reference: SQLite
    # would look through all files for each header that goes with its series. Older rows hold everything.
    """
    CREATE TABLE headers (
        id INTEGER PRIMARY KEY,
        series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
        header TEXT NOT NULL
    );
    CREATE INDEX headers_by_series ON headers (series);
    ALTER TABLE instances ADD COLUMN shared INTEGER
    """,
    # What lists of studies show and are searched by.
    """
    ALTER TABLE series ADD COLUMN files INTEGER NOT NULL DEFAULT 0;
    UPDATE series SET files = (SELECT count(*) FROM instances WHERE instances.series = series.id);
    ALTER TABLE studies ADD COLUMN series INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE studies ADD COLUMN instances INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE studies ADD COLUMN modalities TEXT NOT NULL DEFAULT '';
    ALTER TABLE studies ADD COLUMN search TEXT;
    CREATE INDEX studies_without_search ON studies (id) WHERE search IS NULL;
    DROP INDEX patients_without_search;
    ALTER TABLE patients DROP COLUMN search
    """,
)
