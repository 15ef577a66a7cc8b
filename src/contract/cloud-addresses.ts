/** Where the clouds are asked whose machine somebody is, unless a Console is told otherwise. */
export const cloudAddresses = {
  awsStsUrl: 'https://sts.amazonaws.com',
  gcpKeysUrl: 'https://www.googleapis.com/oauth2/v3/certs',
  azureAuthorityUrl: 'https://login.microsoftonline.com',
} as const
