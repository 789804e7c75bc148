/// What MariaDB 10.11 and 11.8 printed for tables that use everything it knows.
enum MariaDBFixtures {
    static let all: [String] = [
        #"""
        CREATE TABLE `o` (
          `id` int(11) NOT NULL,
          `t` time(3) /* mariadb-5.3 */ NOT NULL DEFAULT '00:00:01.000',
          `d` datetime /* mariadb-5.3 */ DEFAULT current_timestamp() ON UPDATE current_timestamp() COMMENT 'x',
          `ts` timestamp(2) /* mariadb-5.3 */ NULL DEFAULT NULL CHECK (`ts` > 0),
          `inv` datetime /* mariadb-5.3 */ INVISIBLE DEFAULT NULL,
          `gd` datetime /* mariadb-5.3 */ GENERATED ALWAYS AS (`d`) STORED,
          PRIMARY KEY (`id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `t24` (
          `id` int(11) DEFAULT NULL,
          `rs` timestamp(6) GENERATED ALWAYS AS ROW START,
          `re` timestamp(6) GENERATED ALWAYS AS ROW END,
          `n` int(11) DEFAULT 5 WITHOUT SYSTEM VERSIONING COMMENT 'z',
          PERIOD FOR SYSTEM_TIME (`rs`, `re`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='x' `encrypted`='no' WITH SYSTEM VERSIONING
        """#,
        #"""
        CREATE TABLE `t8` (
          `id` int(11) DEFAULT NULL,
          `a` varchar(10) DEFAULT NULL
        ) ENGINE=Aria DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci MAX_ROWS=10 AVG_ROW_LENGTH=10 PACK_KEYS=1 PAGE_CHECKSUM=1 DELAY_KEY_WRITE=1 ROW_FORMAT=PAGE TRANSACTIONAL=1 DATA DIRECTORY='/srv/data/'
        """#,
        #"""
        CREATE TABLE `t21` (
          `a` int(11) DEFAULT NULL,
          UNIQUE KEY `h` (`a`) USING HASH,
          KEY `x` (`a`),
          CONSTRAINT `x` FOREIGN KEY (`a`) REFERENCES `f2`.`p` (`id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `c` (
          `id` int(11) NOT NULL,
          `pid` int(11) DEFAULT NULL,
          `b` int(11) DEFAULT NULL,
          PRIMARY KEY (`id`),
          KEY `fk1` (`pid`),
          KEY `b` (`b`),
          CONSTRAINT `c_ibfk_1` FOREIGN KEY (`b`) REFERENCES `p` (`b`),
          CONSTRAINT `fk1` FOREIGN KEY (`pid`) REFERENCES `p` (`id`) ON DELETE CASCADE ON UPDATE SET NULL,
          CONSTRAINT `CONSTRAINT_1` CHECK (`b` > 1)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `t5` (
          `id` int(11) DEFAULT NULL,
          `d` date DEFAULT NULL,
          KEY `id` (`id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
         PARTITION BY RANGE (to_days(`d`))
        SUBPARTITION BY HASH (`id`)
        SUBPARTITIONS 2
        (PARTITION `p0` VALUES LESS THAN (737790) COMMENT = 'a(b' ENGINE = InnoDB,
         PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)
        """#,
        #"""
        CREATE TABLE `t2` (
          `id` int(11) NOT NULL,
          `x` int(11) DEFAULT NULL,
          `s` date NOT NULL,
          `e` date NOT NULL,
          `a``b` int(11) DEFAULT NULL,
          PERIOD FOR `p` (`s`, `e`),
          PRIMARY KEY (`id`,`p` WITHOUT OVERLAPS)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='q' `page_compressed`='1' `page_compression_level`='4' `encrypted`='no'
        """#,
        #"""
        CREATE TABLE `t17` (
          `a` int(11) NOT NULL AUTO_INCREMENT,
          `odd)name` int(11) DEFAULT NULL,
          `e` enum('(','"','`','\n') DEFAULT NULL,
          KEY `a` (`a`)
        ) ENGINE=Aria AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci PAGE_CHECKSUM=1 ROW_FORMAT=DYNAMIC COMMENT='AUTO_INCREMENT=3'
        """#,
        #"""
        CREATE TABLE `t6` (
          `id` int(11) DEFAULT NULL,
          `d` date DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
         PARTITION BY RANGE  COLUMNS(`d`,`id`)
        SUBPARTITION BY KEY (`id`)
        (PARTITION `p0` VALUES LESS THAN ('2020-01-01',3)
         (SUBPARTITION `a` ENGINE = InnoDB,
          SUBPARTITION `b` ENGINE = InnoDB),
         PARTITION `p1` VALUES LESS THAN (MAXVALUE,MAXVALUE)
         (SUBPARTITION `c` ENGINE = InnoDB,
          SUBPARTITION `d` ENGINE = InnoDB))
        """#,
        #"""
        CREATE TABLE `t13` (
          `a` int(11) NOT NULL,
          `b` int(11) DEFAULT NULL,
          PRIMARY KEY (`a`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
         PARTITION BY LINEAR HASH (`a`)
        PARTITIONS 3
        """#,
        #"""
        CREATE TABLE `t19` (
          `a` geometry DEFAULT NULL,
          `b` point DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `t23` (
          `a` int(11) DEFAULT NULL,
          `b` int(11) DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING
         PARTITION BY SYSTEM_TIME 
        PARTITIONS 2
        """#,
        #"""
        CREATE TABLE `t22` (
          `a` text DEFAULT NULL,
          `b` blob DEFAULT NULL,
          UNIQUE KEY `a` (`a`) USING HASH,
          UNIQUE KEY `b` (`b`) USING HASH
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `t10` (
          `id` int(10) unsigned zerofill DEFAULT NULL,
          `a` int(11) DEFAULT NULL,
          `s` set('x','yz') NOT NULL,
          `i6` inet6 DEFAULT NULL,
          `u` uuid DEFAULT NULL,
          `y` year(4) DEFAULT NULL,
          `ti` time(2) DEFAULT NULL,
          `v` varchar(3) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin DEFAULT NULL,
          `bn` binary(2) DEFAULT NULL,
          `select` int(11) DEFAULT NULL COMMENT 'AUTO_INCREMENT=4 \\ back "q" \n nl'
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING
         PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH STARTS TIMESTAMP'2020-01-01 00:00:00' AUTO
        PARTITIONS 3
        """#,
        #"""
        CREATE TABLE `t3` (
          `id` int(11) DEFAULT NULL,
          `rs` timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE,
          `re` timestamp(6) GENERATED ALWAYS AS ROW END,
          `s` date NOT NULL,
          `e` date NOT NULL,
          PERIOD FOR `p` (`s`, `e`),
          PERIOD FOR SYSTEM_TIME (`rs`, `re`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING
         PARTITION BY SYSTEM_TIME LIMIT 100
        (PARTITION `p0` HISTORY ENGINE = InnoDB,
         PARTITION `p1` HISTORY ENGINE = InnoDB,
         PARTITION `pn` CURRENT ENGINE = InnoDB)
        """#,
        #"""
        CREATE TABLE `m1` (
          `a` int(11) DEFAULT NULL
        ) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `t16` (
          `a` int(11) DEFAULT NULL,
          KEY `a` (`a`) IGNORED,
          KEY `b` (`a`) COMMENT 'x' IGNORED,
          KEY `c` (`a`) USING HASH IGNORED
        ) ENGINE=MEMORY DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `p` (
          `id` int(11) NOT NULL,
          `b` int(11) DEFAULT NULL,
          PRIMARY KEY (`id`),
          KEY `b` (`b`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
        """#,
        #"""
        CREATE TABLE `t14` (
          `a` varchar(10) DEFAULT NULL,
          FULLTEXT KEY `k` (`a`) COMMENT 'x'
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='it''s "x" \\ \n'
        """#,
        #"""
        CREATE TABLE `t4` (
          `id` int(11) NOT NULL,
          PRIMARY KEY (`id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
         PARTITION BY HASH (`id`)
        PARTITIONS 4
        """#,
        #"""
        CREATE TABLE `t1` (
          `id` int(11) NOT NULL AUTO_INCREMENT,
          `a` varchar(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci INVISIBLE DEFAULT 'x' COMMENT 'it''s',
          `b` text /*M!100301 COMPRESSED*/ CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL,
          `c` timestamp(3) NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
          `x0` int(11) DEFAULT NULL,
          `d` int(11) GENERATED ALWAYS AS (`x0` + 1) STORED INVISIBLE,
          `e` int(11) DEFAULT 3 WITHOUT SYSTEM VERSIONING,
          `f` int(11) DEFAULT NULL CHECK (`f` > 3),
          `g` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`g`)),
          `h` geometry NOT NULL,
          `i` bit(3) DEFAULT b'101',
          `j` datetime DEFAULT (current_timestamp() + interval 1 day),
          `k2` varchar(40) DEFAULT uuid(),
          `bc` varchar(10) /*M!100301 COMPRESSED*/ CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'q',
          `l` double DEFAULT -1.5e30,
          `m` enum('a','b''c') DEFAULT 'a',
          `n` binary(3) DEFAULT 'a\0\0',
          `o` date DEFAULT '2020-01-01',
          `p` varchar(4) INVISIBLE DEFAULT concat('a','b') CHECK (`p` <> '('),
          `q` timestamp NULL INVISIBLE DEFAULT current_timestamp() ON UPDATE current_timestamp(),
          `q2` timestamp NOT NULL DEFAULT current_timestamp() WITHOUT SYSTEM VERSIONING ON UPDATE current_timestamp(),
          PRIMARY KEY (`id`),
          UNIQUE KEY `u` (`e`),
          KEY `k` (`a`(3)) USING HASH KEY_BLOCK_SIZE=4 COMMENT 'c' IGNORED,
          SPATIAL KEY `h` (`h`),
          FULLTEXT KEY `ft` (`a`),
          CONSTRAINT `cc` CHECK (`a` <> 'b')
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci MIN_ROWS=3 STATS_PERSISTENT=1 CHECKSUM=1 ROW_FORMAT=DYNAMIC COMMENT='x AUTO_INCREMENT=7' `encrypted`='no' WITH SYSTEM VERSIONING
        """#,
        #"""
        CREATE TABLE `m2` (
          `a` int(11) DEFAULT NULL
        ) ENGINE=MRG_MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci INSERT_METHOD=LAST UNION=(`m1`)
        """#,
        #"""
        CREATE TABLE `t12` (
          `a` int(11) DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
         PARTITION BY KEY (`a`)
        PARTITIONS 2
        """#,
        #"""
        CREATE TABLE `t7` (
          `id` int(11) DEFAULT NULL,
          `d` date DEFAULT NULL
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
         PARTITION BY LIST  COLUMNS(`id`)
        (PARTITION `p0` VALUES IN (1,2,NULL) ENGINE = InnoDB,
         PARTITION `pd` DEFAULT ENGINE = InnoDB)
        """#,
        #"""
        CREATE TABLE `t11` (
          `a` int(11) DEFAULT NULL,
          `b` int(11) NOT NULL INVISIBLE AUTO_INCREMENT,
          PRIMARY KEY (`b`)
        ) ENGINE=InnoDB AUTO_INCREMENT=100 DEFAULT CHARSET=latin1 COLLATE=latin1_bin
        """#,
        #"""
        CREATE TABLE `v12` (
          `a` int(11) DEFAULT NULL,
          `g` geometry NOT NULL,
          KEY `a` (`a` DESC),
          SPATIAL KEY `g` (`g`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci
        """#,
        #"""
        CREATE TABLE `t17` (
          `a` int(11) NOT NULL AUTO_INCREMENT,
          `odd)name` int(11) DEFAULT NULL,
          `e` enum('(','"','`','\n') DEFAULT NULL,
          KEY `a` (`a`)
        ) ENGINE=Aria AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci PAGE_CHECKSUM=1 ROW_FORMAT=DYNAMIC COMMENT='AUTO_INCREMENT=3'
        """#,
        #"""
        CREATE TABLE `v8` (
          `id` int(11) NOT NULL AUTO_INCREMENT INVISIBLE,
          `b0` int(11) DEFAULT NULL,
          `b` int(11) DEFAULT 3 INVISIBLE COMMENT 'x',
          `c` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp() INVISIBLE,
          `d` int(11) GENERATED ALWAYS AS (`b` + 1) VIRTUAL INVISIBLE,
          `e` int(11) DEFAULT 4 WITHOUT SYSTEM VERSIONING INVISIBLE CHECK (`e` > 1),
          `v` vector(5) NOT NULL,
          PRIMARY KEY (`id`),
          VECTOR KEY `vk` (`v`) `m`='6' `distance`='cosine'
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci WITH SYSTEM VERSIONING
        """#,
        #"""
        CREATE TABLE `v11` (
          `rs` timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE,
          `re` timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE,
          `z` int(11) DEFAULT NULL,
          `a` varchar(10) /*M!100301 COMPRESSED*/ DEFAULT 'x' INVISIBLE,
          `y` int(11) DEFAULT 5 WITHOUT SYSTEM VERSIONING INVISIBLE,
          PERIOD FOR SYSTEM_TIME (`rs`, `re`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci WITH SYSTEM VERSIONING
        """#,
        #"""
        CREATE TABLE `v9` (
          `id` int(11) NOT NULL AUTO_INCREMENT,
          `v` vector(5) NOT NULL,
          PRIMARY KEY (`id`),
          VECTOR KEY `v` (`v`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci
        """#,
        #"""
        CREATE TABLE `v10` (
          `a` int(11) DEFAULT NULL,
          `b` int(11) DEFAULT NULL,
          `v` vector(3) NOT NULL,
          VECTOR KEY `x` (`v`) COMMENT 'c' IGNORED `m`='8'
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci
        """#,
    ]
}
