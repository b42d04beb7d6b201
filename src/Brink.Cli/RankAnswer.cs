using System.Runtime.InteropServices;
using Brink.Distributed;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>A command that mpirun started in several processes: rank 0 answers it, the others compute for it.</summary>
internal static class RankAnswer
{
    private static readonly string[] Spread = ["run", "resume"];

    /// <summary>Answers a command.</summary>
    /// <returns>The exit code.</returns>
    public static int To(IReadOnlyList<string> arguments, Communicator ranks)
    {
        // mpirun gives its processes a terminal, to which .NET would write control characters.
        Environment.SetEnvironmentVariable("TERM", "dumb");
        if (arguments.Count == 0 || !Spread.Contains(arguments[0], StringComparer.Ordinal))
        {
            Communicator.Leave();
            return ranks.Rank > 0
                ? Answer.Success
                : Answer.Error("mpirun: only 'brink run' and 'brink resume' are spread over processes", Answer.WrongInput);
        }
        return ranks.Rank == 0 ? Lead(arguments, ranks) : Follow(ranks);
    }

    private static int Lead(IReadOnlyList<string> arguments, Communicator ranks)
    {
        var code = Answer.To(arguments);
        if (ranks.IsBroken) Communicator.Abort(code);
        RankWork.End(ranks);
        Communicator.Leave();
        return code;
    }

    private static int Follow(Communicator ranks)
    {
        // Rank 0 saves its work and ends the others.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        try
        {
            LoadedLibtorch.Require();
            RankWork.Follow(ranks);
        }
        catch (Exception e)
        {
            Answer.Note($"rank {ranks.Rank} on {Environment.MachineName} cannot continue:");
            Communicator.Abort(Failure.Report(e));
        }
        Communicator.Leave();
        return Answer.Success;
    }
}
