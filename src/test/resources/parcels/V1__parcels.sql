CREATE TABLE parcels (
    parcel_key varchar(255) NOT NULL,
    label varchar(100) NOT NULL,
    postage numeric(19, 2) DEFAULT 0 NOT NULL,
    handled integer DEFAULT 0 NOT NULL,
    ring_token bigint NOT NULL,
    CONSTRAINT parcels_pk PRIMARY KEY (parcel_key)
);

CREATE INDEX parcels_ring_token ON parcels (ring_token);

CREATE TABLE stamps (
    parcel_key varchar(255) NOT NULL,
    stamp varchar(64) NOT NULL,
    amount numeric(19, 2) NOT NULL,
    CONSTRAINT stamps_pk PRIMARY KEY (parcel_key, stamp),
    CONSTRAINT stamps_parcel FOREIGN KEY (parcel_key) REFERENCES parcels (parcel_key)
);
