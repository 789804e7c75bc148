import CCrypto

/// The owner of one object of libcrypto: frees it when the last reference goes.
final class CryptoHandle {
    let pointer: OpaquePointer
    private let free: (OpaquePointer) -> Void

    /// Owns the object that `make` returns; throws where it returns none.
    init(
        _ what: String, free: @escaping (OpaquePointer) -> Void, make: () -> OpaquePointer?
    ) throws(CryptoError) {
        guard let created = make() else {
            ERR_clear_error()
            throw CryptoError(.malformed, "\(what): libcrypto does not accept it")
        }
        pointer = created
        self.free = free
    }

    deinit { free(pointer) }

    /// A positive number from its bytes, the most significant first.
    static func number(_ bytes: [UInt8]) throws(CryptoError) -> CryptoHandle {
        try CryptoHandle("a number of a key", free: { BN_free($0) }) {
            BN_bin2bn(bytes, Int32(truncatingIfNeeded: bytes.count), nil)
        }
    }
}
