import Basics
import Foundation

/// The dates in files of allowed signers: `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`.
///
/// With `Z` at the end they are in UTC, without it in the machine's time zone, as ssh-keygen(1)
/// defines.
enum SignerTime {
    static func parse(_ text: String) throws(SignatureError) -> Timestamp {
        let isUTC = text.last == "Z" || text.last == "z"
        let digits = Array((isUTC ? text.dropLast() : text[...]).utf8)
        guard [8, 12, 14].contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw refused(text) }
        func number(_ range: Range<Int>) -> Int32 {
            guard range.upperBound <= digits.count else { return 0 }
            return digits[range].reduce(0) { $0 * 10 + Int32($1 - UInt8(ascii: "0")) }
        }
        var time = tm()
        time.tm_year = number(0..<4) - 1900
        time.tm_mon = number(4..<6) - 1
        time.tm_mday = number(6..<8)
        time.tm_hour = number(8..<10)
        time.tm_min = number(10..<12)
        time.tm_sec = number(12..<14)
        time.tm_isdst = -1
        var read = time
        let seconds = isUTC ? timegm(&read) : mktime(&read)
        // The system turns an impossible day into another one; hours may shift at a clock change.
        guard seconds >= 0, read.tm_year == time.tm_year, read.tm_mon == time.tm_mon,
            read.tm_mday == time.tm_mday, time.tm_hour < 24, time.tm_min < 60, time.tm_sec < 60
        else { throw refused(text) }
        return Timestamp(secondsSince1970: Int64(seconds))
    }

    private static func refused(_ text: String) -> SignatureError {
        SignatureError(
            .invalidFile, "\(text.debugDescription) is no date",
            remedy: "write YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ")
    }
}
