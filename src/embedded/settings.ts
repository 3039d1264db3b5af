/** Together with Node under 512 MB, on one machine, for one program that pools its connections. */
export const defaultSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  max_connections: '100',
  max_wal_size: '4GB',
  wal_compression: 'off',
  autovacuum: 'on',
  // The queries are short; compiling them costs more than running them.
  jit: 'off',
  idle_in_transaction_session_timeout: '0', // The pool sets its own.
  log_min_messages: 'warning',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const
