"""Ads that the API and browser tests share. Firms, people and numbers are invented."""

COMPOUND = (
    "DIBUTUHKAN SEGERA admin chat & CS untuk Kamboja! Gaji 12-15 juta/bulan, tanpa pengalaman, ijazah bebas.\n"
    "Tiket, paspor dan mess ditanggung, berangkat pakai visa turis dulu, nanti diurus di sana.\n"
    "Minat? Telegram @hrd_contoh atau WA 0812-0000-0011."
)
SHOP = (
    "Toko Roti Melati di Sleman mencari kasir shift pagi. Gaji sesuai UMK, BPJS kesehatan, libur satu hari seminggu. "
    "Lamaran diantar langsung ke toko, Jalan Kaliurang. Tidak ada biaya apa pun."
)
LINK = "https://example.com/loker"
TWO_JOBS_PAGE = """<!doctype html><html><head><title>Lowongan</title>
<script type="application/ld+json">[
 {"@context": "https://schema.org", "@type": "JobPosting", "title": "Kasir toko roti",
  "description": "Toko Roti Melati di Sleman mencari kasir shift pagi, gaji sesuai UMK, BPJS, libur sehari seminggu.",
  "hiringOrganization": {"@type": "Organization", "name": "Toko Roti Melati"}},
 {"@context": "https://schema.org", "@type": "JobPosting", "title": "Admin chat Kamboja",
  "description": "Admin chat untuk Kamboja, gaji 15 juta, tanpa pengalaman, berangkat pakai visa turis dulu.",
  "hiringOrganization": {"@type": "Organization", "name": "Agensi Contoh"}}
]</script></head><body><h1>Lowongan</h1></body></html>"""
ONE_JOB_PAGE = (
    f"<!doctype html><html><head><title>Loker</title></head><body><h1>Kasir toko roti</h1><p>{SHOP}</p></body></html>"
)
