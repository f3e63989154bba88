"""What invented people and villages are called, and what they ask for."""

# ruff: noqa: SIM905  (a list of sixty words reads better as a sentence)

SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
MIDDLES = "Văn Thị Hữu Đức Minh Thanh Ngọc Quang Xuân Thu Hồng Công".split()
GIVEN = (
    "An Bình Châu Dũng Duyên Giang Hà Hải Hạnh Hiếu Hoa Hùng Hương Khánh Lan Linh Long Mai Nam Nga Phúc "
    "Phương Quân Sơn Tâm Thảo Thắng Trang Tuấn Vy Yến"
).split()
EDE_CLANS = "Niê Mlô Êban Ayŭn Kbuôr Byă Adrơng Hđơk Kđoh Ênuôl".split()
EDE_GIVEN = "Bhiăn Djuan Khương Lem Mi Nguôn Rinh Suôn Thơm Wen Ying Bluôl Tuyn Đông".split()
BUON = (
    "Alê Akŏ Dhông Ea Bông Ea Sút Ea Tul Kbu Kmrơng Kniết Krông Lê Diê M'Duk M'Hăng Niêng Păn Pôk Sah Tơng "
    "Tring Tur Yang Lành Yuk"
).split()
HAMLETS = (
    "Hòa Bình|Tân Lập|Đoàn Kết|Thống Nhất|Quyết Thắng|Tân Tiến|Phú Xuân|Ea Siên|Cao Thắng|Hiệp Nhất|Tân Hưng|Trung Hòa"
).split("|")
SKILLS = (
    "public_services identity_account payments ecommerce digital_signature scam_safety connectivity device training"
).split()
TEXTS = {
    "identity_account": [
        "Tôi quên mật khẩu VNeID, không đăng nhập được",
        "Cần kích hoạt định danh mức 2 cho mẹ tôi, bà không dùng điện thoại thông minh",
        "Ứng dụng VNeID báo lỗi khi quét khuôn mặt",
    ],
    "public_services": [
        "Nhờ nộp hồ sơ đăng ký khai sinh trên Cổng dịch vụ công",
        "Không tải được giấy tờ lên cổng dịch vụ công của tỉnh",
        "Muốn tra cứu kết quả hồ sơ đất đai",
    ],
    "payments": [
        "Không biết quét mã QR để trả tiền điện",
        "Chuyển khoản nhầm, cần hướng dẫn liên hệ ngân hàng",
        "Muốn mở ví mobile money vì nhà xa ngân hàng",
    ],
    "ecommerce": ["Muốn đăng bán cà phê, sầu riêng trên sàn thương mại điện tử", "Gian hàng bị khoá, không rõ lý do"],
    "digital_signature": ["Cần cài chữ ký số cá nhân để ký hồ sơ", "Chữ ký số hết hạn, nhờ gia hạn"],
    "scam_safety": [
        "Có người gọi xưng công an yêu cầu chuyển tiền, tôi sợ quá",
        "Bấm vào đường dẫn lạ trong tin nhắn, giờ tài khoản Facebook bị mất",
        "Nhận tin nhắn trúng thưởng, có phải lừa đảo không?",
    ],
    "connectivity": ["Buôn tôi mất mạng cáp quang ba ngày nay", "Sóng 4G yếu, con tôi không học trực tuyến được"],
    "device": [
        "Điện thoại báo đầy bộ nhớ, không cài được ứng dụng",
        "Nhờ cài đặt tiếng Việt và cỡ chữ lớn cho người già",
    ],
    "training": ["Bà con muốn có buổi hướng dẫn dùng điện thoại thông minh", "Xin tài liệu khoá học kỹ năng số"],
}
