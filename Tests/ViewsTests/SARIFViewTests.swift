import Diff
import Reports
import Testing

@testable import Views

@Suite struct SARIFViewTests {
    @Test func drift() {
        let text = SARIFView.drift(Sample.drift, pretty: true)
        #expect(
            text == #"""
                {
                  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                  "runs": [
                    {
                      "invocations": [
                        {
                          "executionSuccessful": true,
                          "exitCode": 6,
                          "exitCodeDescription": "incomplete: 2 of 24 shards drifted, 1 pending, \#
                20 in sync, 1 unknown, 1 table unsupported"
                        }
                      ],
                      "results": [
                        {
                          "level": "error",
                          "locations": [
                            {
                              "logicalLocations": [
                                {
                                  "fullyQualifiedName": "commerce.orders"
                                }
                              ],
                              "physicalLocation": {
                                "artifactLocation": {
                                  "uri": "schema/commerce/orders.sql",
                                  "uriBaseId": "%SRCROOT%"
                                },
                                "region": {
                                  "startLine": 14
                                }
                              }
                            }
                          ],
                          "message": {
                            "text": "commerce.orders drifted · git → live on commerce_{08,17}: - KEY by_status \#
                (status); + debug int(11) DEFAULT NULL"
                          },
                          "partialFingerprints": {
                            "plumb/v1": "59d41b9f4d218fc068df79d9f2badcc618b4d2155fac04a0d082bc4e\#
                cecc6b1a"
                          },
                          "ruleId": "drift/drifted",
                          "ruleIndex": 0
                        },
                        {
                          "level": "warning",
                          "locations": [
                            {
                              "logicalLocations": [
                                {
                                  "fullyQualifiedName": "commerce.customers"
                                }
                              ],
                              "physicalLocation": {
                                "artifactLocation": {
                                  "uri": "schema/commerce/customers.sql",
                                  "uriBaseId": "%SRCROOT%"
                                },
                                "region": {
                                  "startLine": 1
                                }
                              }
                            }
                          ],
                          "message": {
                            "text": "commerce.customers pending · live → git on commerce_09: + email \#
                varchar(200)"
                          },
                          "partialFingerprints": {
                            "plumb/v1": "f6bbf55c6ceaba60b3e8e42c4f94c71efe2b3f243120862e0f18a79a\#
                cec77b72"
                          },
                          "ruleId": "drift/pending",
                          "ruleIndex": 1
                        },
                        {
                          "level": "note",
                          "locations": [
                            {
                              "logicalLocations": [
                                {
                                  "fullyQualifiedName": "commerce.tmp_export"
                                }
                              ]
                            }
                          ],
                          "message": {
                            "text": "commerce.tmp_export unmanaged on commerce_02"
                          },
                          "partialFingerprints": {
                            "plumb/v1": "1caf21301ba0825071856b69b02389a8ca0525502a1df68f68748c20\#
                a1984ab9"
                          },
                          "ruleId": "drift/unmanaged",
                          "ruleIndex": 2
                        },
                        {
                          "level": "error",
                          "locations": [
                            {
                              "logicalLocations": [
                                {
                                  "fullyQualifiedName": "commerce/commerce_23"
                                }
                              ]
                            }
                          ],
                          "message": {
                            "text": "commerce/commerce_23: unknown: unreachable: connection \#
                refused db-3.internal:3306"
                          },
                          "partialFingerprints": {
                            "plumb/v1": "6a96b55de0df626480598744f8de40a453c0569ab986d10420f45c02\#
                16c0c99c"
                          },
                          "ruleId": "state/unknown",
                          "ruleIndex": 3
                        },
                        {
                          "level": "error",
                          "locations": [
                            {
                              "logicalLocations": [
                                {
                                  "fullyQualifiedName": "commerce.geo on commerce_{00..03}"
                                }
                              ]
                            }
                          ],
                          "message": {
                            "text": "commerce.geo on commerce_{00..03}: unsupported: uses the \#
                storage engine CONNECT"
                          },
                          "partialFingerprints": {
                            "plumb/v1": "4f21cf05046f628ff386267528c7d259564d753bee37912442777bd0\#
                b7bd505b"
                          },
                          "ruleId": "state/unsupported",
                          "ruleIndex": 4
                        }
                      ],
                      "tool": {
                        "driver": {
                          "name": "plumb",
                          "rules": [
                            {
                              "id": "drift/drifted",
                              "shortDescription": {
                                "text": "A table that is not as git says: drifted"
                              }
                            },
                            {
                              "id": "drift/pending",
                              "shortDescription": {
                                "text": "A table that is not as git says: pending"
                              }
                            },
                            {
                              "id": "drift/unmanaged",
                              "shortDescription": {
                                "text": "A table that is not as git says: unmanaged"
                              }
                            },
                            {
                              "id": "state/unknown",
                              "shortDescription": {
                                "text": "What cannot be said or done: unknown"
                              }
                            },
                            {
                              "id": "state/unsupported",
                              "shortDescription": {
                                "text": "What cannot be said or done: unsupported"
                              }
                            }
                          ]
                        }
                      }
                    }
                  ],
                  "version": "2.1.0"
                }

                """#)
    }

    /// The same finding keeps its fingerprint while its shards are put right one by one.
    @Test func fingerprintsAreStable() {
        var finding = Sample.drift.findings[0]
        let before = FindingFingerprint.of(finding, in: "production")
        finding.shards.removeLast()
        #expect(FindingFingerprint.of(finding, in: "production") == before)
        #expect(FindingFingerprint.of(finding, in: "staging") != before)
        finding.observed = nil
        #expect(FindingFingerprint.of(finding, in: "production") != before)
        #expect(FindingFingerprint.hash(["a", "b"]) != FindingFingerprint.hash(["ab", ""]))
    }

    @Test func planRules() {
        let text = SARIFView.plan(Sample.plan)
        for rule in [
            "change/alter", "change/drop", "hazard/drop-table", "hazard/narrow-type",
            "state/unknown", "state/unsupported",
        ] {
            #expect(text.contains("\"ruleId\":\"\(rule)\""), "\(rule)")
        }
        #expect(text.contains("\"uri\":\"plumb.yaml\""))
    }
}
