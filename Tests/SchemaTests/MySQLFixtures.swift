/// Tables in the forms that MySQL 8.0 and 8.4 print, and what MySQL 9.7 printed.
enum MySQLFixtures {
    static let all: [String] = [
        #"""
        CREATE TABLE `orders` (
          `id` bigint unsigned NOT NULL AUTO_INCREMENT,
          `status` tinyint(1) NOT NULL DEFAULT '1',
          `name` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'it''s',
          `note` text COLLATE utf8mb4_bin,
          `total` decimal(12,2) GENERATED ALWAYS AS ((`net` * 1.19)) STORED,
          `net` decimal(12,2) GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL NOT NULL,
          `hidden` int DEFAULT '5' /*!80023 INVISIBLE */ COMMENT 'x',
          `at` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
          `uid` binary(16) DEFAULT (uuid_to_bin(uuid())),
          `place` point NOT NULL /*!80003 SRID 4326 */,
          `flags` bit(3) DEFAULT b'101',
          `kind` enum('a','b''c','(') COLLATE utf8mb4_bin NOT NULL DEFAULT 'a',
          `doc` json DEFAULT (json_object(_utf8mb4'a',1)),
          `v` vector(3) DEFAULT NULL,
          `fixed` int /*!50606 STORAGE DISK */ /*!50606 COLUMN_FORMAT FIXED */ DEFAULT NULL,
          PRIMARY KEY (`id`),
          UNIQUE KEY `by_name` (`name`(10) DESC,`status`) USING HASH COMMENT 'c',
          KEY `functional` ((lower(`name`)),((`id` + 1)) DESC) /*!80000 INVISIBLE */,
          SPATIAL KEY `by_place` (`place`),
          FULLTEXT KEY `words` (`note`) /*!50100 WITH PARSER `ngram` */ ,
          FULLTEXT KEY `more` (`name`) COMMENT 'y' /*!80000 INVISIBLE */ /*!50100 WITH PARSER `ngram` */ ,
          CONSTRAINT `fk1` FOREIGN KEY (`status`, `id`) REFERENCES `db`.`parent` (`a`, `b`) ON DELETE RESTRICT ON UPDATE SET NULL,
          CONSTRAINT `orders_chk_1` CHECK ((`status` in (1,2))) /*!80016 NOT ENFORCED */,
          CONSTRAINT `orders_chk_2` CHECK ((`name` <> _utf8mb4')'))
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin STATS_PERSISTENT=1 ROW_FORMAT=DYNAMIC COMMENT='AUTO_INCREMENT=7'
        """#,
        #"""
        CREATE TABLE `plain` (
          `id` int NOT NULL,
          `y` year DEFAULT NULL,
          PRIMARY KEY (`id`)
        ) /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB DEFAULT CHARSET=latin1 COMPRESSION='zlib' /*!80016 ENCRYPTION='Y' */
        """#,
        #"""
        CREATE TABLE `by_range` (
          `id` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY RANGE (`id`)
        (PARTITION p0 VALUES LESS THAN (10) COMMENT = 'a,b' ENGINE = InnoDB,
         PARTITION `select` VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */
        """#,
        #"""
        CREATE TABLE `by_columns` (
          `id` int NOT NULL,
          `d` date NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50500 PARTITION BY RANGE  COLUMNS(id,d)
        SUBPARTITION BY HASH (`id`)
        SUBPARTITIONS 2
        (PARTITION p0 VALUES LESS THAN (10,'2020-01-01') ENGINE = InnoDB,
         PARTITION p1 VALUES LESS THAN (MAXVALUE,MAXVALUE) ENGINE = InnoDB) */
        """#,
        #"""
        CREATE TABLE `by_key` (
          `id` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY KEY */ /*!50611 ALGORITHM = 1 */ /*!50100 (id)
        PARTITIONS 3 */
        """#,
        #"""
        CREATE TABLE `by_sub` (
          `id` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50500 PARTITION BY LIST  COLUMNS(id)
        SUBPARTITION BY LINEAR KEY (id)
        (PARTITION p0 VALUES IN (1,2)
         (SUBPARTITION s0 ENGINE = InnoDB,
          SUBPARTITION s1 ENGINE = InnoDB),
         PARTITION p1 VALUES IN (3)
         (SUBPARTITION s2 ENGINE = InnoDB,
          SUBPARTITION s3 ENGINE = InnoDB)) */
        """#,
        #"""
        CREATE TABLE `c` (
          `id` int NOT NULL,
          `pid` int DEFAULT NULL,
          `b` int DEFAULT NULL,
          PRIMARY KEY (`id`),
          KEY `fk1` (`pid`),
          KEY `b` (`b`),
          CONSTRAINT `c_ibfk_1` FOREIGN KEY (`b`) REFERENCES `p` (`b`) ON DELETE RESTRICT,
          CONSTRAINT `c_ibfk_2` FOREIGN KEY (`b`) REFERENCES `f2`.`p` (`id`),
          CONSTRAINT `fk1` FOREIGN KEY (`pid`) REFERENCES `p` (`id`) ON DELETE CASCADE ON UPDATE SET NULL,
          CONSTRAINT `c_chk_1` CHECK ((`b` > 1))
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `gi` (
          `id` int NOT NULL,
          `j` json DEFAULT NULL,
          PRIMARY KEY (`id`),
          KEY `mv` ((cast(json_extract(`j`,_utf8mb3'$.a') as unsigned array)))
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `gp` (
          `my_row_id` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */,
          `a` int DEFAULT NULL,
          PRIMARY KEY (`my_row_id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `k8` (
          `a` int NOT NULL,
          `b` int NOT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY RANGE (`a`)
        SUBPARTITION BY KEY */ /*!50611 ALGORITHM = 1 */ /*!50100 (b)
        SUBPARTITIONS 2
        (PARTITION p0 VALUES LESS THAN (4) ENGINE = InnoDB) */
        """#,
        #"""
        CREATE TABLE `ls` (
          `a` longtext CHARACTER SET latin1 COLLATE latin1_bin,
          `b` geometry DEFAULT NULL,
          `c` geomcollection /*!80003 SRID 0 */ DEFAULT NULL,
          `d` multipoint DEFAULT NULL,
          `e` tinyint(1) DEFAULT NULL,
          `f` int(5) unsigned zerofill DEFAULT NULL,
          `g` float(7,3) DEFAULT NULL,
          `h` decimal(5,0) DEFAULT NULL,
          `i` tinyint(1) DEFAULT '1',
          `j` char(0) DEFAULT NULL,
          `k` bigint unsigned DEFAULT '5',
          `l` time(3) DEFAULT '01:02:03.500',
          `m` varbinary(4) DEFAULT 'ab'
        ) ENGINE=InnoDB DEFAULT CHARSET=latin1
        """#,
        #"""
        CREATE TABLE `m2` (
          `a` int DEFAULT NULL
        ) ENGINE=MRG_MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci INSERT_METHOD=LAST UNION=(`m1`)
        """#,
        #"""
        CREATE TABLE `ns` (
          `a` int NOT SECONDARY DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci SECONDARY_ENGINE=rapid
        """#,
        #"""
        CREATE TABLE `odd``x` (
          `a``b` int DEFAULT NULL,
          ` lead` int DEFAULT NULL COMMENT 'AUTO_INCREMENT=4 \\ back "q" \n nl',
          `e` enum('(','"','`','\n') DEFAULT '(',
          `y` year DEFAULT NULL,
          `b` bit(1) DEFAULT NULL,
          KEY `k``x` (`a``b`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `st` (
          `a` int DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_AUTO_RECALC=1 STATS_SAMPLE_PAGES=3 KEY_BLOCK_SIZE=8
        """#,
        #"""
        CREATE TABLE `t1` (
          `id` int NOT NULL AUTO_INCREMENT,
          `a` varchar(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'x' /*!80023 INVISIBLE */ COMMENT 'it''s',
          `c` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) /*!80023 INVISIBLE */ COMMENT 'q',
          `x0` int DEFAULT NULL,
          `d` int GENERATED ALWAYS AS ((`x0` + 1)) STORED NOT NULL /*!80023 INVISIBLE */ COMMENT 'z',
          `d2` int GENERATED ALWAYS AS ((`x0` + 1)) VIRTUAL,
          `f` int DEFAULT NULL,
          `g` json DEFAULT (json_array(1,_utf8mb3'x')),
          `h` point NOT NULL /*!80003 SRID 4326 */ DEFAULT (point(1,2)) COMMENT 'geo',
          `i` bit(3) DEFAULT b'101',
          `j` datetime DEFAULT ((now() + interval 1 day)),
          `k2` varchar(40) DEFAULT (uuid()),
          `l` double DEFAULT '-1.5e30',
          `m` enum('a','b''c') DEFAULT 'a',
          `n` binary(3) DEFAULT 'a\0\0',
          `o` date DEFAULT '2020-01-01',
          `p` varchar(4) DEFAULT (concat(_utf8mb3'a',_utf8mb3'b')),
          `q` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
          `v` vector(3) DEFAULT NULL,
          `bl` blob,
          `tx` text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
          PRIMARY KEY (`id`),
          UNIQUE KEY `u` (`x0`),
          KEY `k` (`a`(3) DESC,`x0`) COMMENT 'c' /*!80000 INVISIBLE */,
          KEY `kb` (`a`(3) DESC,`x0`) USING BTREE COMMENT 'c' /*!80000 INVISIBLE */,
          SPATIAL KEY `h` (`h`),
          KEY `fn` ((lower(`a`)),((`x0` + 1)) DESC) /*!80000 INVISIBLE */,
          FULLTEXT KEY `ft` (`a`) COMMENT 'f' /*!50100 WITH PARSER `ngram` */ ,
          FULLTEXT KEY `ft2` (`a`) COMMENT 'f' /*!80000 INVISIBLE */ /*!50100 WITH PARSER `ngram` */ ,
          CONSTRAINT `cc` CHECK ((`a` <> _utf8mb3'b')) /*!80016 NOT ENFORCED */,
          CONSTRAINT `t1_chk_1` CHECK ((`f` > 3)),
          CONSTRAINT `t1_chk_2` CHECK ((`p` <> _utf8mb3'('))
        ) ENGINE=InnoDB AUTO_INCREMENT=50 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci MIN_ROWS=3 STATS_PERSISTENT=1 CHECKSUM=1 ROW_FORMAT=DYNAMIC COMMENT='x AUTO_INCREMENT=7'
        """#,
        #"""
        CREATE TABLE `t10b` (
          `a` int NOT NULL,
          PRIMARY KEY (`a`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY KEY ()
        PARTITIONS 3 */
        """#,
        #"""
        CREATE TABLE `t2b` (
          `id` int /*!50606 STORAGE DISK */ /*!50606 COLUMN_FORMAT FIXED */ DEFAULT '3' COMMENT 'x',
          `b` int NOT NULL /*!50606 STORAGE MEMORY */,
          `c` int NOT NULL /*!50606 COLUMN_FORMAT DYNAMIC */ AUTO_INCREMENT,
          UNIQUE KEY `c` (`c`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `t3` (
          `a` int DEFAULT NULL
        ) /*!50100 TABLESPACE `innodb_system` */ ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `t3b` (
          `a` int DEFAULT NULL
        ) /*!50100 TABLESPACE `innodb_file_per_table` STORAGE DISK */ ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `t3c` (
          `a` int DEFAULT NULL
        ) /*!50100 STORAGE MEMORY */ ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """#,
        #"""
        CREATE TABLE `t4` (
          `a` int DEFAULT NULL
        ) /*!80023 AUTOEXTEND_SIZE=4194304 */ ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMPRESSION='zlib'
        """#,
        #"""
        CREATE TABLE `t4b` (
          `a` int DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci /*!80021 SECONDARY_ENGINE_ATTRIBUTE='{"a": 1}' */
        """#,
        #"""
        CREATE TABLE `t5` (
          `id` int DEFAULT NULL,
          `d` date DEFAULT NULL,
          KEY `id` (`id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY RANGE (to_days(`d`))
        SUBPARTITION BY HASH (`id`)
        SUBPARTITIONS 2
        (PARTITION p0 VALUES LESS THAN (737790) COMMENT = 'a(b' ENGINE = InnoDB,
         PARTITION `sel ect` VALUES LESS THAN MAXVALUE MAX_ROWS = 5 ENGINE = InnoDB) */
        """#,
        #"""
        CREATE TABLE `t6` (
          `id` int DEFAULT NULL,
          `d` date DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50500 PARTITION BY RANGE  COLUMNS(d,id)
        SUBPARTITION BY KEY (id)
        (PARTITION p0 VALUES LESS THAN ('2020-01-01',3)
         (SUBPARTITION a ENGINE = InnoDB,
          SUBPARTITION b ENGINE = InnoDB),
         PARTITION `select` VALUES LESS THAN (MAXVALUE,MAXVALUE)
         (SUBPARTITION c COMMENT = 'q' ENGINE = InnoDB,
          SUBPARTITION d ENGINE = InnoDB)) */
        """#,
        #"""
        CREATE TABLE `old` (
          `d` datetime /* 5.5 binary format */ DEFAULT NULL,
          `t` timestamp /* 5.5 binary format */ NOT NULL DEFAULT CURRENT_TIMESTAMP
        ) ENGINE=InnoDB DEFAULT CHARSET=latin1
        """#,
        #"""
        CREATE TABLE `t8` (
          `a` int DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        /*!50100 PARTITION BY KEY */ /*!50611 ALGORITHM = 1 */ /*!50100 (a)
        PARTITIONS 2 */
        """#,
    ]
}
