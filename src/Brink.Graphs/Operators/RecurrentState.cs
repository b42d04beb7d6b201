namespace Brink.Graphs.Operators;

/// <summary>The state of a recurrent layer.</summary>
/// <param name="Hidden">Output of the last step [n,hidden].</param>
/// <param name="Cell">Cell of an LSTM [n,hidden], otherwise null.</param>
internal sealed record RecurrentState(Quantity Hidden, Quantity? Cell);
