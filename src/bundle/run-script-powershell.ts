/** What run.ps1 begins with, up to its list of images. */
export const powerShellHead = String.raw`# Checks, loads and runs the image of this folder with Docker or Podman. Results go to .\output.
#
#   powershell -ExecutionPolicy Bypass -File run.ps1                     runs the command that the README proposes
#   powershell -ExecutionPolicy Bypass -File run.ps1 COMMAND ARGUMENT    runs another command
#   $env:GPUS = 'all'                                                    before it, lets the program use the GPUs
#
# Ends with the program's exit code, or with 125 where the program was not started.
$words = @($args)
# Programs tell by their exit code, and may write to stderr when all is well.
$ErrorActionPreference = 'Continue'
$PSNativeCommandUseErrorActionPreference = $false
`;

/** What run.ps1 does with one of `$images`. */
export const powerShellBody = String.raw`
function Write-Message([string[]] $Lines) {
  foreach ($line in $Lines) { [Console]::Error.WriteLine($line) }
}
function Stop-Run([string[]] $Lines) {
  Write-Message $Lines
  exit 125
}
# Before 7.3, PowerShell drops empty words and does not escape quotes.
function ConvertTo-NativeWord([string] $Word) {
  $version = $PSVersionTable.PSVersion
  if ($version.Major * 100 + $version.Minor -ge 703) { return $Word }
  if ($Word -eq '') { return '""' }
  return $Word -replace '(\\*)"', '$1$1\"'
}
# The value of --mount is a line of CSV.
function ConvertTo-CsvField([string] $Field) {
  if ($Field -notmatch '[",]') { return $Field }
  return '"' + $Field.Replace('"', '""') + '"'
}

$architecture = $env:PROCESSOR_ARCHITEW6432
if (-not $architecture) { $architecture = $env:PROCESSOR_ARCHITECTURE }
if (-not $architecture) {
  $architecture = [string] [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture
}
$machine = switch ($architecture) {
  'AMD64' { 'linux/amd64' }
  'X64' { 'linux/amd64' }
  'ARM64' { 'linux/arm64' }
  'x86' { 'linux/386' }
  default { 'linux/' + $architecture.ToLowerInvariant() }
}
$image = $images | Where-Object { $_.Platform -eq $machine } | Select-Object -First 1
if ($null -eq $image) { $image = $images | Select-Object -First 1 }
if ($null -eq $image) { Stop-Run 'No image belongs to this script.' }
$file = $image.File
$reference = $image.Reference
if ($image.Platform -ne $machine) {
  Write-Message ("Warning: this machine is $machine, the image is for $($image.Platform)." +
    ' It runs slowly, by emulation, or not at all.')
}

$engine = $null
$engineName = $null
$silent = @()
foreach ($name in 'docker', 'podman') {
  $program = Get-Command $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($null -eq $program) { continue }
  & $program.Path version *> $null
  if ($LASTEXITCODE -eq 0) {
    $engine = $program.Path
    $engineName = $name
    break
  }
  $silent += $name
}
if ($null -eq $engine -and $silent.Count -gt 0) {
  Stop-Run @(
    "The engine of $($silent -join ' and ') does not answer."
    "Start it (Docker Desktop, or 'podman machine start'), then run this again."
  )
}
if ($null -eq $engine) {
  Stop-Run @(
    'Neither docker nor podman is installed, or neither is on the PATH.'
    'Install one (https://docs.docker.com/get-docker or https://podman.io), then run this again.'
  )
}
if ($engineName -eq 'docker' -and (& $engine version --format '{{.Server.Os}}') -eq 'windows') {
  Stop-Run @(
    'Docker runs Windows containers, and this image is for Linux.'
    "Choose 'Switch to Linux containers' in the menu of Docker Desktop, then run this again."
  )
}

$archive = Join-Path $PSScriptRoot $file
$sums = Join-Path $PSScriptRoot 'SHA256SUMS'
foreach ($needed in $archive, $sums) {
  if (-not (Test-Path -LiteralPath $needed -PathType Leaf)) {
    Stop-Run @("$needed is not here.", 'Download it from the record, then run this again.')
  }
}
$expected = $null
foreach ($line in Get-Content -LiteralPath $sums) {
  if ($line -match '^([0-9a-f]{64}) [ *](.+)$' -and $Matches[2] -eq $file) { $expected = $Matches[1] }
}
if ($null -eq $expected) {
  Stop-Run @("SHA256SUMS does not list $file.", 'Download SHA256SUMS again from the record.')
}
Write-Message "Checking $file"
$actual = (Get-FileHash -Algorithm SHA256 -LiteralPath $archive).Hash
if (-not $actual) { Stop-Run @("$file cannot be read.", 'See that you may read it, then run this again.') }
if ($actual -ne $expected) {
  Stop-Run @(
    "$file is damaged: its sha256 is $($actual.ToLowerInvariant()), and SHA256SUMS has $expected."
    'Download it again from the record. Nothing was loaded.'
  )
}

$output = Join-Path (Get-Location -PSProvider FileSystem).ProviderPath 'output'
try { $null = [System.IO.Directory]::CreateDirectory($output) }
catch {
  Stop-Run @("The folder $output cannot be made.", 'Run this in a folder that you may write to.')
}
if (Get-ChildItem -LiteralPath $output -Force | Select-Object -First 1) {
  Write-Message "Note: $output is not empty. What the program writes joins what is there."
}

# A name can be moved to another image: what counts is the digest, of the configuration or, in some stores, the manifest.
$id = & $engine image inspect --format '{{.Id}}' $reference 2> $null
$isLoaded = $LASTEXITCODE -eq 0 -and $image.Ids -contains ("$id" -replace '^sha256:', '')
if (-not $isLoaded) {
  Write-Message "Loading $file into $engineName"
  & $engine load --input $archive | ForEach-Object { Write-Message $_ }
  if ($LASTEXITCODE -ne 0) {
    Stop-Run @(
      "$engineName could not load $file; what it printed is above."
      'See that the disk of the engine has room, then run this again.'
    )
  }
}

$mount = 'type=bind,' + (ConvertTo-CsvField "source=$output") + ',' + (ConvertTo-CsvField "destination=$($image.Target)")
$arguments = @('run', '--rm', '--pull=never', '--mount', $mount)
if ($image.Platform -ne $machine) { $arguments += '--platform', $image.Platform }
if ($env:GPUS -and $engineName -eq 'docker') { $arguments += '--gpus', $env:GPUS }
if ($env:GPUS -and $engineName -eq 'podman') { $arguments += '--device', "nvidia.com/gpu=$($env:GPUS)" }
# Else SELinux keeps the program from the folder.
if ($engineName -eq 'podman') { $arguments += '--security-opt', 'label=disable' }
$arguments += $reference
if ($words.Count -gt 0) { $arguments += $words } else { $arguments += $image.Command }
$arguments = @($arguments | ForEach-Object { ConvertTo-NativeWord $_ })
Write-Message "Running $reference with $engineName; results go to $output"
& $engine @arguments
$code = $LASTEXITCODE
if ($code -eq 0) { Write-Message "Done. The results are in $output" }
else { Write-Message "The run ended with exit code $code." }
exit $code
`;
