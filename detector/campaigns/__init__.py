"""Campaigns: near-duplicate advertisements, and unlike ones that share a contact.

from detector.campaigns import Listing, cluster

found = cluster([Listing("a", "Dibutuhkan admin ..."), Listing("b", "Dibutuhkan admin ...")])
found.campaigns[0].members
"""

from detector.campaigns.align import Segment, align
from detector.campaigns.campaign import Campaign, Clustering, Hub, Tie
from detector.campaigns.clustering import cluster
from detector.campaigns.contacts import contacts_of
from detector.campaigns.files import write_csv, write_jsonl
from detector.campaigns.listing import Listing, Options
from detector.campaigns.page import page, write_html

__all__ = [
    "Campaign",
    "Clustering",
    "Hub",
    "Listing",
    "Options",
    "Segment",
    "Tie",
    "align",
    "cluster",
    "contacts_of",
    "page",
    "write_csv",
    "write_html",
    "write_jsonl",
]
