using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>A cluster of Slurm with one node, this machine: munged, slurmctld and slurmd with their files in a temporary
/// folder.</summary>
internal sealed class SlurmNode : IDisposable
{
    private static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-slurm-");
    private readonly List<ChildProcess> _daemons = [];

    /// <summary>Starts the cluster; skips the test where it cannot be started.</summary>
    public SlurmNode()
    {
        var missing = Programs.Where(program => Find(program) is null).ToArray();
        Assert.SkipUnless(
            missing.Length == 0, $"Slurm is not installed (no {string.Join(", ", missing)}): apt-get install slurm-wlm munge");
        Assert.SkipUnless(Environment.UserName == "root", "Slurm's daemons are started as root");
        var (host, socket) = (Dns.GetHostName().Split('.')[0], Own("munge.sock"));
        File.WriteAllBytes(Own("munge.key"), [.. Enumerable.Range(0, 128).Select(i => (byte)(7 * i))]);
        Assert.Equal(0, ChildProcess.Run("chmod", "400", Own("munge.key")).Code);
        File.WriteAllText(Own("cgroup.conf"), "IgnoreSystemd=yes\nConstrainCores=no\nConstrainRAMSpace=no\n");
        Directory.CreateDirectory(Own("spool"));
        Directory.CreateDirectory(Own("state"));
        File.WriteAllText(
            Own("slurm.conf"),
            $"""
            ClusterName=brink
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            AuthType=auth/munge
            AuthInfo=socket={socket}
            CredType=cred/munge
            StateSaveLocation={Own("state")}
            SlurmdSpoolDir={Own("spool")}
            SlurmctldPidFile={Own("slurmctld.pid")}
            SlurmdPidFile={Own("slurmd.pid")}
            SlurmctldLogFile={Own("slurmctld.log")}
            SlurmdLogFile={Own("slurmd.log")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            MpiDefault=none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            ReturnToService=2
            SchedulerParameters=sched_interval=1
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} RealMemory=2048 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """);
        Start("munged", "--foreground", "--force", $"--key-file={Own("munge.key")}", $"--socket={socket}",
            $"--pid-file={Own("munged.pid")}", $"--log-file={Own("munged.log")}", $"--seed-file={Own("munged.seed")}");
        Await("munged", () => File.Exists(socket));
        Start("slurmctld", "-D", "-i");
        Start("slurmd", "-D");
        Await("slurmd", () => Sinfo().StartsWith("idle", StringComparison.Ordinal));
    }

    /// <summary>The environment of Slurm's commands.</summary>
    public (string Name, string Value)[] Variables => [("SLURM_CONF", Own("slurm.conf"))];

    public void Dispose()
    {
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            if (!daemon.HasExited) daemon.Send("TERM");
            daemon.EndsWithin(TimeSpan.FromSeconds(10));
            daemon.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private static string? Find(string program) => (string[])["/usr/sbin", "/usr/bin"] is var folders
        ? folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Own(string name) => Path.Combine(_folder.FullName, name);

    private void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments);
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        _daemons.Add(new(start));
    }

    private string Sinfo()
    {
        var start = new ProcessStartInfo(Find("sinfo")!, ["--noheader", "--format=%t"]);
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        using var sinfo = new ChildProcess(start);
        return sinfo.Ended().Output;
    }

    /// <summary>Waits until a daemon works; skips the test if it does not start on this machine.</summary>
    private void Await(string program, Func<bool> works)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(30); Thread.Sleep(100))
        {
            if (works()) return;
            if (_daemons.Find(daemon => daemon.HasExited) is not { } ended) continue;
            var (code, output, error) = ended.Ended();
            Dispose();
            Assert.Skip($"Slurm does not start on this machine: exit code {code}: {output}{error}");
        }
        Dispose();
        Assert.Skip($"Slurm does not start on this machine: {program} is not ready after 30 s");
    }
}
