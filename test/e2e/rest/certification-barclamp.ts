import { LISTED_SUITE } from '../../integration/model/guideline-file.js';

/** The shipped roles without what they want of a whole cloud; what tempest-suite would list is told to the test jig. */
export const CERTIFICATION = `
name: certification
description: For tests.
version: "1"
roles:
  - name: tempest-suite
    jig: test
    flags: [implicit]
    description: Lists the suite.
    attribs:
      - { name: tempest-suite-outputs, description: What it writes., schema: { type: object }, default: { tempest-suite: ${JSON.stringify(LISTED_SUITE)} } }
    outputs:
      - { name: tempest-suite, description: The suite., schema: { type: object } }
  - name: openstack-certify
    jig: tempest
    requires: [tempest-suite]
    on_rerun_failure: block
    description: Runs it.
    attribs:
      - { name: certify-order, description: The order., schema: { type: object }, default: {} }
  - name: openstack-certify-endpoint
    jig: tempest
    requires: [tempest-suite]
    description: Runs it elsewhere.
    attribs:
      - { name: certify-endpoint-order, description: The order., schema: { type: object }, default: {} }
`;
