import { Fieldset, PasswordInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import type { CloudAccess } from './start-command';

/** How a cloud elsewhere is reached, as far as a form asks for it; several accounts instead of one go by the API. */
export interface Endpoint {
  readonly identityUrl: string;
  readonly region: string;
  readonly type: 'public' | 'internal' | 'admin';
  readonly username: string;
  readonly password: string;
  readonly project: string;
  readonly userDomain: string;
  readonly projectDomain: string;
  readonly certificate: string;
}

export const NO_ENDPOINT: Endpoint = {
  identityUrl: '',
  region: 'RegionOne',
  type: 'public',
  username: 'admin',
  password: '',
  project: 'admin',
  userDomain: 'Default',
  projectDomain: 'Default',
  certificate: '',
};

/** What is lacking; null when it can be sent. */
export const lackingOf = ({ identityUrl, username, password, project }: Endpoint): string | null => {
  if (identityUrl.trim() === '') return 'Say where the identity service of the cloud answers.';
  if (username === '' || password === '' || project === '') return 'Say who is to make projects and users there.';
  return null;
};

export const accessOf = (endpoint: Endpoint): CloudAccess => ({
  identity_url: endpoint.identityUrl.trim(),
  region: endpoint.region,
  endpoint_type: endpoint.type,
  ca_certificate: endpoint.certificate.trim() === '' ? null : endpoint.certificate,
  admin: {
    username: endpoint.username,
    password: endpoint.password,
    project: endpoint.project,
    user_domain: endpoint.userDomain,
    project_domain: endpoint.projectDomain,
    roles: [],
  },
  accounts: [],
});

/** Asks for it. It is sealed until the certification has ended, and forgotten then. */
export const EndpointFields = ({
  value,
  onChange,
}: {
  readonly value: Endpoint;
  readonly onChange: (to: Endpoint) => void;
}) => {
  const text = (name: keyof Endpoint, label: string, required = true) => (
    <TextInput
      label={label}
      required={required}
      autoComplete="off"
      value={value[name]}
      onChange={({ currentTarget }) => onChange({ ...value, [name]: currentTarget.value })}
    />
  );
  return (
    <Fieldset legend="The cloud elsewhere, sealed until the certification has ended and forgotten then">
      <Stack gap="sm">
        <TextInput
          label="Identity service"
          placeholder="https://cloud.example.com:5000/v3"
          required
          value={value.identityUrl}
          onChange={({ currentTarget }) => onChange({ ...value, identityUrl: currentTarget.value })}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {text('region', 'Region')}
          <Select
            label="Endpoints"
            data={['public', 'internal', 'admin']}
            allowDeselect={false}
            value={value.type}
            onChange={(to) => onChange({ ...value, type: (to ?? 'public') as Endpoint['type'] })}
          />
          {text('username', 'Administrator')}
          <PasswordInput
            label="Password"
            required
            autoComplete="new-password"
            value={value.password}
            onChange={({ currentTarget }) => onChange({ ...value, password: currentTarget.value })}
          />
          {text('project', 'Project')}
          {text('userDomain', 'Domain of the administrator')}
          {text('projectDomain', 'Domain of the project')}
        </SimpleGrid>
        <Textarea
          label="Certificate of its authority"
          description="PEM, where it is not one that everybody knows"
          autosize
          minRows={2}
          maxRows={8}
          value={value.certificate}
          onChange={({ currentTarget }) => onChange({ ...value, certificate: currentTarget.value })}
        />
      </Stack>
    </Fieldset>
  );
};
