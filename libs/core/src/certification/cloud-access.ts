/**
 * How a cloud is reached that is to be tested: where its identity service is, and as whom. A cloud that Anneal built says
 * this in attributes; any other one is described by whoever asks for the certification. The passwords are secrets: they go
 * to the tester node and into nothing that is kept.
 */
export interface CloudAccess {
  /** Of the identity service, version 3: `http://10.0.0.5:5000/v3`. */
  readonly identityUrl: string;
  readonly region: string;
  /** Which of a service's endpoints is used. */
  readonly endpointType: 'public' | 'internal' | 'admin';
  /** PEM of the authority that signed the endpoints' certificates; null where the system's own are enough, or there is no TLS. */
  readonly caCertificate: string | null;
  /** Somebody who may make projects and users; null where nobody may, and then there must be accounts. */
  readonly admin: CloudAccount | null;
  /** Users that exist already, for a cloud that gives no administrator: each worker of the suite needs two of its own. */
  readonly accounts: readonly CloudAccount[];
}

export interface CloudAccount {
  readonly username: string;
  readonly password: string;
  readonly project: string;
  readonly userDomain: string;
  readonly projectDomain: string;
  /** Roles it has in its project. */
  readonly roles: readonly string[];
}
