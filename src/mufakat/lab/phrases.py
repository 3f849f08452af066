"""What simulated people write: phrases by market and kind, ours."""

PHRASES: dict[str, dict[str, list[str]]] = {
    "ID": {
        "plain": [
            "Mohon ditindaklanjuti, terima kasih.",
            "Barang yang saya terima tidak sesuai.",
            "Kami sudah mengirim sesuai pesanan.",
            "Tolong cek kembali foto yang saya kirim.",
            "Apakah ada perkembangan?",
            "Paket sudah kami kemas dengan baik.",
        ],
        "terms": ["Bagaimana kalau begini saja?", "Kita selesaikan baik-baik.", "Saya usulkan penyelesaian ini."],
        "reference": ["Perkara 12/Pdt.G", "Laporan BPSK 77", "Surat OJK 5"],
        "reason": ["Bukti baru masuk.", "Data kurir menunjukkan sebaliknya.", "Pertimbangan kurang lengkap."],
    },
    "VN": {
        "plain": [
            "Xin vui lòng kiểm tra giúp tôi.",
            "Hàng nhận được không đúng mô tả.",
            "Chúng tôi đã gửi đúng hàng.",
            "Tôi đã gửi hình ảnh.",
        ],
        "terms": ["Hai bên thỏa thuận như sau.", "Tôi đề nghị giải quyết thế này."],
        "reference": ["Hồ sơ số 45", "Đơn khiếu nại 8"],
        "reason": ["Có chứng cứ mới.", "Dữ liệu vận chuyển cho thấy khác."],
    },
    "EN": {
        "plain": [
            "Please look into this.",
            "This is not what I ordered.",
            "We shipped what was ordered.",
            "See the photos I sent.",
            "Any news?",
            "The parcel was packed well.",
        ],
        "terms": ["How about this instead?", "Let us settle it this way."],
        "reference": ["Case 2025-118", "Complaint 77/B", "Order of 3 March"],
        "reason": ["New material came in.", "The carrier's data say otherwise.", "The first look missed something."],
    },
}
"""Market or EN, kind of phrase, phrases."""
