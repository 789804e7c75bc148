import Foundation

/// The index over several packs that `git multi-pack-index write` makes.
enum MultiPackIndex {
    /// The packs that it speaks for, without their suffixes; nil where that cannot be told.
    static func packs(_ path: String) -> Set<String>? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count > 12,
            data.starts(with: Array("MIDX".utf8) + [1])
        else { return nil }
        // A table of chunks: four letters and where each begins, and one more for the end.
        let chunks = Int(data[6])
        guard data.count >= 12 + (chunks + 1) * 12 else { return nil }
        for chunk in 0..<chunks {
            let place = 12 + chunk * 12
            guard data[place..<place + 4].elementsEqual("PNAM".utf8) else { continue }
            guard let start = offset(data, place + 4), let end = offset(data, place + 16),
                start <= end, end <= data.count
            else { return nil }
            let names = data[start..<end].split(separator: 0)
                .map { String(decoding: $0, as: UTF8.self) }
            guard names.allSatisfy({ $0.hasSuffix(".idx") }) else { return nil }
            return Set(names.map { String($0.dropLast(4)) })
        }
        return nil
    }

    private static func offset(_ data: Data, _ place: Int) -> Int? {
        Int(exactly: data[place..<place + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
