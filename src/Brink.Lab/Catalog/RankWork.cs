using Brink.Distributed;

namespace Brink.Lab;

/// <summary>The work of the processes that mpirun started besides rank 0, which runs the experiment: they compute their shards of the
/// samples for it.</summary>
public static class RankWork
{
    /// <summary>Computes for rank 0, on another rank, until rank 0 ends.</summary>
    /// <param name="ranks">The processes.</param>
    /// <exception cref="ExperimentException">The data of this process are missing, or are not those of rank 0.</exception>
    public static void Follow(Communicator ranks)
    {
        while (ranks.Broadcast(null) is { Length: > 0 } text)
        {
            var experiment = (Experiment)ExperimentYaml.Parse(text, "rank 0");
            var checksum = ranks.Broadcast(null);
            using var scope = NewDisposeScope();
            using var problem = new Problem(experiment, experiment.Reduction, ranks);
            if (problem.DataChecksum != checksum)
                throw new ExperimentException($"data: the checksum is {problem.DataChecksum}, on rank 0 it is {checksum}");
            problem.Serve();
        }
    }

    /// <summary>Ends the work of the other ranks, on rank 0.</summary>
    /// <param name="ranks">The processes.</param>
    public static void End(Communicator ranks) => ranks.Broadcast("");
}
