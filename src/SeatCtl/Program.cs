using Phyllome.Seats.SeatCtl;

return await CommandTree.RunAsync(args, Terminal.OfProcess(), CancellationToken.None);
